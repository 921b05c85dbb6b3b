"""Blocks come from gateways that may be old, slow, large, silent or lying."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from ledger.asker import Askers, read_statement
from ledger.block_source import (
    BlockSource,
    BlockUnavailable,
    BlockWrong,
    EndpointUnavailable,
    Fetched,
    Wanted,
)
from ledger.host import Host
from ledger.key import SigningKey
from ledger.vault import FileVault, cid_of
from ledger.vault.bundle import write_bundle

BLOCKS = [b"one", b"two", b"three" * 1_000]
CIDS = [cid_of(block) for block in BLOCKS]


@dataclass
class Peer:
    """Another member's gateway."""

    vault: FileVault
    url: str = ""
    asked: list[str] = field(default_factory=list)
    askers: list[set[int]] = field(default_factory=list)
    answer_bundle: Callable[[web.Request, bytes], web.StreamResponse] | None = None
    answer_block: Callable[[str], web.StreamResponse] | None = None

    async def bundle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append("bundle")
        self.askers.append(set(read_statement(request.headers["Authorization"]).signatures))
        cids = (await request.json())["cids"]
        content = write_bundle(self.vault, cids, cids)
        if self.answer_bundle is not None:
            return self.answer_bundle(request, content)
        return web.Response(body=content)

    async def block(self, request: web.Request) -> web.StreamResponse:
        cid = request.match_info["cid"]
        self.asked.append(cid)
        if self.answer_block is not None:
            return self.answer_block(cid)
        if not self.vault.has(cid):
            return web.Response(status=404)
        return web.Response(body=self.vault.get(cid))


@asynccontextmanager
async def peer(folder: Path, *, has_bundles: bool = True) -> AsyncIterator[Peer]:
    found = Peer(FileVault(folder / "theirs"))
    found.vault.put_all(BLOCKS)
    app = web.Application()
    app.router.add_get("/v1/blocks/{cid}", found.block)
    if has_bundles:
        app.router.add_post("/v1/blocks/fetch", found.bundle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield found
    finally:
        await runner.cleanup()


async def fetch(
    source: BlockSource,
    cids: Sequence[str],
    endpoint: str | None,
    timeout_s: float = 5,
    others: Sequence[str] = (),
    askers: Sequence[int] = (1,),
) -> dict[str, Fetched]:
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    wanted = [Wanted(cid, askers, others) for cid in cids]
    async with aiohttp.ClientSession(timeout=timeout) as http:
        return await source.fetch_all(http, wanted, endpoint)


def source_of(vault: FileVault) -> BlockSource:
    """Where blocks come from for a gateway that hosts many."""
    key = SigningKey.create()
    hosts = {number: Host(number, key, {}) for number in range(1, 101)}
    return BlockSource(vault, Askers(bytes(32), hosts))


@pytest.fixture
def vault(tmp_path: Path) -> FileVault:
    return FileVault(tmp_path / "ours")


async def test_many_blocks_take_one_question_and_are_kept(tmp_path: Path, vault: FileVault) -> None:
    absent = cid_of(b"elsewhere")
    async with peer(tmp_path) as theirs:
        found = await fetch(source_of(vault), [*CIDS, absent], theirs.url)
        assert theirs.asked == ["bundle"]
        again = await fetch(source_of(vault), CIDS, theirs.url)
        assert theirs.asked == ["bundle"]
    assert again == dict(zip(CIDS, BLOCKS, strict=True))
    assert isinstance(found.pop(absent), BlockUnavailable)
    assert found == again


async def test_gateways_without_bundles_are_asked_block_by_block(
    tmp_path: Path, vault: FileVault
) -> None:
    async with peer(tmp_path, has_bundles=False) as theirs:
        theirs.vault.delete(CIDS[0])
        found = await fetch(source_of(vault), CIDS, theirs.url)
    assert isinstance(found[CIDS[0]], BlockUnavailable)
    assert [found[cid] for cid in CIDS[1:]] == BLOCKS[1:]
    assert theirs.asked == CIDS


async def test_what_does_not_fit_is_asked_for_by_itself(
    tmp_path: Path, vault: FileVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.vault.bundle.BUNDLE_BYTES_MAX", 1_000)
    async with peer(tmp_path) as theirs:
        found = await fetch(source_of(vault), CIDS, theirs.url)
    assert [found[cid] for cid in CIDS] == BLOCKS
    assert theirs.asked == ["bundle", CIDS[2]]


async def test_what_the_sender_lacks_comes_from_others_who_are_named(
    tmp_path: Path, vault: FileVault
) -> None:
    async with peer(tmp_path / "sender") as sender, peer(tmp_path / "other") as other:
        sender.vault.delete(CIDS[0])
        sender.answer_bundle = lambda request, content: web.Response(
            body=content.replace(b"two", b"tow")
        )
        found = await fetch(source_of(vault), CIDS, sender.url, others=[other.url])
        assert [found[cid] for cid in CIDS] == BLOCKS
        assert sender.asked == other.asked == ["bundle"]


@pytest.mark.parametrize("endpoint", ["", "http://127.0.0.1:1"])
async def test_what_a_silent_sender_keeps_comes_from_others(
    tmp_path: Path, vault: FileVault, endpoint: str
) -> None:
    async with peer(tmp_path) as other:
        others = ["http://127.0.0.1:2", other.url]
        found = await fetch(source_of(vault), CIDS, endpoint, others=others)
    assert [found[cid] for cid in CIDS] == BLOCKS
    assert [vault.get(cid) for cid in CIDS] == BLOCKS


async def test_what_we_sent_ourselves_is_asked_of_others_alone(
    tmp_path: Path, vault: FileVault
) -> None:
    vault.put(BLOCKS[0])
    absent = cid_of(b"elsewhere")
    async with peer(tmp_path) as other:
        found = await fetch(source_of(vault), [*CIDS, absent], None, others=[other.url])
    assert [found[cid] for cid in CIDS] == BLOCKS
    assert isinstance(found[absent], BlockUnavailable)
    assert "vault of this gateway" in str((await fetch(source_of(vault), [absent], None))[absent])


async def test_a_gateway_that_was_silent_is_not_asked_again(vault: FileVault) -> None:
    silent = {"http://nowhere.example"}
    wanted = [Wanted(cid, [1]) for cid in CIDS]
    http: Any = None  # Whoever asked would fail.
    found = await source_of(vault).fetch_all(http, wanted, "http://nowhere.example", silent)
    assert all(isinstance(each, EndpointUnavailable) for each in found.values())


async def test_blocks_that_many_may_have_are_asked_for_in_portions_of_names(
    tmp_path: Path, vault: FileVault
) -> None:
    everybody = list(range(1, 101))
    absent = cid_of(b"elsewhere")
    async with peer(tmp_path) as theirs:
        found = await fetch(source_of(vault), [*CIDS, absent], theirs.url, askers=everybody)
        assert theirs.askers == [set(everybody[:64]), set(everybody[64:])]
    assert [found[cid] for cid in CIDS] == BLOCKS
    assert isinstance(found[absent], BlockUnavailable)


async def test_what_was_had_in_the_first_names_is_not_asked_for_in_others(
    tmp_path: Path, vault: FileVault
) -> None:
    many, few = list(range(1, 101)), [1]
    wanted = [Wanted(CIDS[0], many), Wanted(CIDS[1], few)]
    async with peer(tmp_path) as theirs, aiohttp.ClientSession() as http:
        found = await source_of(vault).fetch_all(http, wanted, theirs.url)
        assert theirs.askers == [set(many[:64])]
    assert [found[cid] for cid in CIDS[:2]] == BLOCKS[:2]


async def test_what_nobody_here_may_have_is_not_asked_for(tmp_path: Path, vault: FileVault) -> None:
    async with peer(tmp_path) as theirs:
        found = await fetch(source_of(vault), CIDS, theirs.url, askers=[])
        assert theirs.asked == []
    assert all(isinstance(each, BlockUnavailable) for each in found.values())


async def test_other_bytes_are_told_and_not_kept(tmp_path: Path, vault: FileVault) -> None:
    async with peer(tmp_path) as theirs:
        theirs.answer_bundle = lambda request, content: web.Response(
            body=content.replace(b"one", b"won")
        )
        found = await fetch(source_of(vault), CIDS, theirs.url)
    assert isinstance(found[CIDS[0]], BlockWrong)
    assert not vault.has(CIDS[0])
    assert found[CIDS[1]] == b"two"


async def test_redirects_are_not_followed(tmp_path: Path, vault: FileVault) -> None:
    async with peer(tmp_path) as theirs:
        elsewhere = web.Response(status=302, headers={"Location": f"{theirs.url}/v1/blocks/x"})
        theirs.answer_bundle = lambda request, content: elsewhere
        found = await fetch(source_of(vault), CIDS, theirs.url)
        assert theirs.asked == ["bundle"]
    assert all(isinstance(each, BlockUnavailable) for each in found.values())


async def test_an_answer_without_end_is_cut(
    tmp_path: Path, vault: FileVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.block_gateway.BUNDLE_BYTES_MAX", 100)
    monkeypatch.setattr("ledger.block_gateway.ENVELOPE_BYTES_MAX", 100)
    async with peer(tmp_path) as theirs:
        found = await fetch(source_of(vault), CIDS, theirs.url)
        assert all(isinstance(each, EndpointUnavailable) for each in found.values())
    async with peer(tmp_path, has_bundles=False) as theirs:
        found = await fetch(source_of(vault), CIDS, theirs.url)
    assert isinstance(found[CIDS[2]], BlockWrong)
    assert found[CIDS[1]] == b"two"


async def test_a_silent_gateway_costs_one_pause_and_not_one_for_each_block(
    tmp_path: Path, vault: FileVault
) -> None:
    many = [cid_of(b"%d" % number) for number in range(100)]
    silence = asyncio.Event()

    async def silent(request: web.Request) -> web.StreamResponse:
        await silence.wait()
        return web.Response()

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", silent)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with asyncio.timeout(3):
        found = await fetch(source_of(vault), many, url, timeout_s=0.3)
    silence.set()
    await runner.cleanup()
    assert len(found) == 100
    assert all(isinstance(each, EndpointUnavailable) for each in found.values())


@pytest.mark.parametrize("endpoint", ["", "nowhere", "http://127.0.0.1:1", "ftp://x"])
async def test_an_endpoint_that_leads_nowhere_is_a_reason_and_no_error(
    vault: FileVault, endpoint: str
) -> None:
    found = await fetch(source_of(vault), CIDS, endpoint)
    assert all(isinstance(each, EndpointUnavailable) for each in found.values())
