"""One process carries at a time, and what is wrong with a channel is remembered."""

from __future__ import annotations

import asyncio
from pathlib import Path

from gateway.inbox import book as inbox_book
from gateway.inbox import service as inbox
from gateway.transport import porter as porters
from gateway.transport.declaration import FolderDeclaration
from gateway.transport.models import ChannelPlace
from ledger.clock import now_ms
from ledger.database import reading, writing
from ledger.model import Lease as LeaseRow
from tests.unit.gateway.transport.conftest import EACH, ORDER, OURS, Yard, until


def _declared(path: Path) -> FolderDeclaration:
    return FolderDeclaration.model_validate({**EACH, "kind": "folder", "path": path})


def _place(yard: Yard) -> ChannelPlace | None:
    with reading(yard.engine) as session:
        place = session.get(ChannelPlace, "mill")
        session.expunge_all()
        return place


async def test_of_two_processes_one_carries_and_the_other_takes_over(
    yard: Yard, tmp_path: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    async with yard.carrying(_declared(first)):
        await until(first.exists)
        async with yard.carrying(_declared(second)):
            await asyncio.sleep(0.2)
            assert not second.exists()
    async with yard.carrying(_declared(second)):
        await until(second.exists)


async def test_a_holder_of_the_past_notes_nothing(yard: Yard, tmp_path: Path) -> None:
    id_ = yard.put()

    def lose(boundary: str) -> None:
        with writing(yard.engine) as session:
            row = session.get(LeaseRow, porters.LEASE)
            assert row is not None
            row.holder, row.term, row.until_ms = "another", row.term + 1, now_ms() + 60_000
            session.add(row)

    async with yard.carrying(_declared(tmp_path), interrupt=lose):
        await until(lambda: list((tmp_path / "out").glob("*.xml")))
        await asyncio.sleep(0.2)
    assert yard.sent(id_).state == "waiting"


async def test_what_is_wrong_with_a_channel_is_remembered_until_it_works(
    yard: Yard, tmp_path: Path
) -> None:
    path = tmp_path / "mill"
    path.write_bytes(b"no folder")
    async with yard.carrying(_declared(path)):
        await until(lambda: (place := _place(yard)) is not None and place.error)
        since = _place(yard)
        assert since is not None
        assert since.error_since_ms
        path.unlink()
        await until(lambda: (place := _place(yard)) is not None and not place.error)
    place = _place(yard)
    assert place is not None
    assert place.error_since_ms is None


async def test_what_a_crash_left_unread_is_read(yard: Yard, tmp_path: Path) -> None:
    with writing(yard.engine) as session:
        kept = inbox_book.keep(session, OURS, "mill", ORDER, "")
        kept.changed_ms -= 3_600_000
        session.add(kept)
    async with yard.carrying(_declared(tmp_path)):
        await until(lambda: yard.taken()[0].state == "ready")


async def test_a_message_for_nobody_that_is_reached_waits(yard: Yard, tmp_path: Path) -> None:
    id_ = yard.put()
    declared = _declared(tmp_path).model_copy(update={"partner": "somebody else"})
    async with yard.carrying(declared):
        await until((tmp_path / "out").exists)
        await asyncio.sleep(0.1)
    assert yard.sent(id_).state == "waiting"
    assert inbox.messages(yard.engine, OURS, None, None, 10).items == []
