"""A vault's blocks in a real IPFS daemon: the same names, kept as long as the vault keeps them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from ledger.asker import Askers
from ledger.attachment.chunk import BLOCK_BYTES
from ledger.block_source import BlockSource, BlockUnavailable, Wanted
from ledger.courier import Courier, Settings
from ledger.feed import Bell
from ledger.vault import FileVault, cid_of
from ledger.vault.ipfs import PIN_NAME, Replicated, Replicator, replicate
from ledger.vault.kubo import IpfsRefused, IpfsUnreachable, Kubo
from tests import postgres
from tests.kubo import NEEDS_KUBO, Daemon, running
from tests.tables import filled

HELLO = b"hello world"
NOWHERE = "http://127.0.0.1:9"
ABSENT = cid_of(b"nobody has this")


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    with running(tmp_path_factory.mktemp("ipfs")) as daemon:
        yield daemon


@pytest.fixture
async def kubo(daemon: Daemon) -> AsyncIterator[Kubo]:
    async with Kubo(daemon.url) as kubo:
        yield kubo


@pytest.fixture
def vault(tmp_path: Path) -> FileVault:
    return FileVault(tmp_path / "vault")


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.vault.kubo.PEERS_S", 2.0)


async def pins(kubo: Kubo) -> set[str]:
    return {cid async for cid in kubo.pinned(PIN_NAME)}


@NEEDS_KUBO
async def test_block_has_the_same_name_in_both(
    kubo: Kubo, daemon: Daemon, vault: FileVault
) -> None:
    blocks = [HELLO, os.urandom(BLOCK_BYTES), os.urandom(3 * BLOCK_BYTES), b""]
    assert await kubo.put_all(blocks) == vault.put_all(blocks)
    for block in blocks:
        assert await kubo.get(cid_of(block)) == block
    assert daemon.run("cat", cid_of(HELLO)) == HELLO.decode()


@NEEDS_KUBO
async def test_current_daemon_is_spoken_to(kubo: Kubo) -> None:
    assert tuple(map(int, (await kubo.version()).split(".")[:2])) >= (0, 43)


@NEEDS_KUBO
async def test_what_nobody_has_is_left_out(kubo: Kubo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.vault.kubo.PEERS_S", 0.1)
    await kubo.put_all([HELLO])
    assert await kubo.fetch([cid_of(HELLO), ABSENT]) == {cid_of(HELLO): HELLO}


@NEEDS_KUBO
async def test_daemon_is_made_equal_to_the_vault(
    kubo: Kubo, daemon: Daemon, vault: FileVault
) -> None:
    theirs = b"another program's block"
    await kubo.put_all([theirs])
    await kubo.pin_all([cid_of(theirs)], "theirs")
    replicator = Replicator(vault, kubo)
    await replicator.compare()
    kept, dropped = vault.put_all([b"kept", os.urandom(BLOCK_BYTES)])
    more = vault.put_all([b"%d" % number for number in range(250)])
    assert await replicator.compare() == Replicated(252, 0)
    vault.delete(dropped)
    assert await replicator.compare() == Replicated(0, 1)
    assert await pins(kubo) == {kept, *more}
    assert dropped not in daemon.run("refs", "local")
    assert cid_of(theirs) in daemon.run("pin", "ls", "--type=recursive")


@NEEDS_KUBO
async def test_what_was_just_stored_follows_at_once(kubo: Kubo, vault: FileVault) -> None:
    replicator = Replicator(vault, kubo)
    await replicator.compare()
    assert await replicator.follow() == 0
    cid = vault.put(b"just stored")
    assert await replicator.follow() == 1
    assert cid in await pins(kubo)
    assert await replicator.follow() == 0


@NEEDS_KUBO
async def test_daemons_own_collection_spares_what_is_pinned(
    kubo: Kubo, daemon: Daemon, vault: FileVault
) -> None:
    cid = vault.put(b"spared")
    await Replicator(vault, kubo).compare()
    await kubo.put_all([b"not pinned"])
    daemon.run("repo", "gc")
    local = daemon.run("refs", "local")
    assert cid in local
    assert cid_of(b"not pinned") not in local


@NEEDS_KUBO
async def test_block_comes_from_a_peer_when_no_gateway_answers(
    daemon: Daemon, vault: FileVault, tmp_path: Path
) -> None:
    block = os.urandom(BLOCK_BYTES)
    with running(tmp_path / "peer") as peer:
        async with (
            Kubo(daemon.url) as theirs,
            Kubo(peer.url) as ours,
            aiohttp.ClientSession() as http,
        ):
            await theirs.put_all([block])
            peer.meet(daemon)
            source = BlockSource(vault, Askers(bytes(32), {}), ours)
            wanted = [Wanted(cid_of(block), (), ()), Wanted(ABSENT, (), ())]
            found = await source.fetch_all(http, wanted, NOWHERE)
    assert found[cid_of(block)] == block
    assert isinstance(found[ABSENT], BlockUnavailable)
    assert vault.get(cid_of(block)) == block


@NEEDS_KUBO
async def test_courier_replicates_while_it_runs(kubo: Kubo, daemon: Daemon, tmp_path: Path) -> None:
    tables = filled(postgres.sqlite_database(tmp_path), tmp_path)
    settings = Settings(poll_s=0.05, ipfs=daemon.url)
    courier = Courier(
        tables.engine, tables.vault, tables.deployment, tables.hosts, Bell(), settings
    )
    cid = tables.vault.put(b"replicated by the courier")
    work = asyncio.create_task(courier.run())
    async with asyncio.timeout(30):
        while cid not in await pins(kubo):
            assert not work.done()
            await asyncio.sleep(0.05)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work


async def test_silent_daemon_is_waited_for(
    vault: FileVault, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("ledger.vault.ipfs.POLL_S", 0.001)
    async with Kubo(NOWHERE) as kubo:
        work = asyncio.create_task(Replicator(vault, kubo).run())
        async with asyncio.timeout(30):
            while len(caplog.records) < 3:
                assert not work.done()
                await asyncio.sleep(0.001)
        work.cancel()
    assert "does not answer" in caplog.text


async def test_silent_daemon_is_named_and_changes_nothing(vault: FileVault) -> None:
    cid = vault.put(HELLO)
    async with Kubo(NOWHERE) as kubo, aiohttp.ClientSession() as http:
        for ask in (kubo.version(), kubo.get(cid), Replicator(vault, kubo).compare()):
            with pytest.raises(IpfsUnreachable):
                await ask
        source = BlockSource(vault, Askers(bytes(32), {}), kubo)
        found = await source.fetch_all(http, [Wanted(ABSENT, (), ())], NOWHERE)
    assert isinstance(found[ABSENT], BlockUnavailable)


def test_replicating_needs_no_loop_of_the_caller(vault: FileVault) -> None:
    with pytest.raises(IpfsUnreachable):
        replicate(vault, NOWHERE)


async def answer_otherwise(request: web.Request) -> web.Response:
    call = request.path.rpartition("/api/v0/")[2]
    return {
        "version": web.Response(text="<html>"),
        "block/get": web.Response(body=b"other bytes"),
        "block/put": web.json_response({"Key": ABSENT}),
        "pin/rm": web.Response(status=500, text="not pinned"),
        "pin/add": web.json_response({"Type": "error", "Message": "no"}),
    }[call]


async def test_answers_of_something_else_are_not_believed(vault: FileVault) -> None:
    app = web.Application()
    app.router.add_post("/{path:.*}", answer_otherwise)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with Kubo(f"http://127.0.0.1:{runner.addresses[0][1]}/") as kubo:
            assert await kubo.get(cid_of(HELLO)) is None
            for ask in (
                kubo.version(),
                kubo.put_all([HELLO]),
                kubo.unpin_all([ABSENT]),
                kubo.pin_all([ABSENT], PIN_NAME),
            ):
                with pytest.raises(IpfsRefused):
                    await ask
    finally:
        await runner.cleanup()
