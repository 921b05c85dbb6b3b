"""Bundles of hybrid keys are fetched from their owners, who may be away."""

from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from ledger import bundle_courier
from ledger.asker import Askers
from ledger.block_source import BlockSource
from ledger.bundle_courier import BundleCourier
from ledger.database import connect, migrate, writing
from ledger.document.encryption_key import bundle_of, new_hybrid_key, public_bytes
from ledger.host import Host
from ledger.key import SigningKey
from ledger.model import Organisation
from ledger.vault import FileVault, cid_from_digest

OWNER, ABSENT, PLAIN = 2, 3, 4


async def test_a_bundle_is_fetched_once_and_who_is_away_is_asked_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle_courier, "BACK_OFF_S", 1000.0)
    keys = {OWNER: new_hybrid_key(), ABSENT: new_hybrid_key()}
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        if request.path == f"/owner/v1/blocks/{cid_from_digest(public_bytes(keys[OWNER]))}":
            return web.Response(body=bundle_of(keys[OWNER]))
        return web.Response(status=404)

    application = web.Application()
    application.router.add_route("*", "/{tail:.*}", answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    engine = connect(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    migrate(engine)
    members = {
        OWNER: (f"{url}/owner", public_bytes(keys[OWNER])),
        ABSENT: (f"{url}/absent/", public_bytes(keys[ABSENT])),
        PLAIN: (f"{url}/plain", b"\1" * 32),
        5: ("", None),
    }
    with writing(engine) as session:
        for number, (endpoint, key) in members.items():
            member = Organisation(number=number, roles=1, name="Member", endpoint=endpoint)
            member.encryption_key = key
            session.add(member)
    vault, hosts = FileVault(tmp_path / "vault"), {1: Host(1, SigningKey.create(), {})}
    courier = BundleCourier(engine, vault, BlockSource(vault, Askers(bytes(32), hosts)), hosts)
    try:
        async with aiohttp.ClientSession() as http:
            await courier.fetch(http)
            assert vault.has(cid_from_digest(public_bytes(keys[OWNER])))
            assert {path.split("/")[1] for path in asked} == {"owner", "absent"}
            count = len(asked)
            await courier.fetch(http)
            assert len(asked) == count
    finally:
        await runner.cleanup()
