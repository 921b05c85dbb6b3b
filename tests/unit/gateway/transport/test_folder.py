"""A watched folder gives and takes whole files, each once, whatever ends the process."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest

from gateway.transport.channel import Limits
from gateway.transport.declaration import FolderDeclaration
from tests.unit.gateway.transport.conftest import EACH, ORDER, Yard, until


def _declared(path: Path, **fields: object) -> FolderDeclaration:
    return FolderDeclaration.model_validate({**EACH, "kind": "folder", "path": path, **fields})


@pytest.fixture
def place(tmp_path: Path) -> Path:
    path = tmp_path / "mill"
    (path / "in").mkdir(parents=True)
    return path


def _names(place: Path, folder: str) -> list[str]:
    path = place / folder
    return sorted(each.name for each in path.iterdir()) if path.exists() else []


async def test_a_file_is_taken_in_and_lies_with_those_that_are_done(
    yard: Yard, place: Path
) -> None:
    (place / "in" / "order.xml").write_bytes(ORDER)
    async with yard.carrying(_declared(place)):
        await until(lambda: _names(place, "done"))
    (message,) = yard.taken()
    assert (message.state, message.sender) == ("ready", "mill")
    assert _names(place, "done") == [f"{message.id}-order.xml"]
    assert _names(place, "in") == _names(place, "taking") == []


async def test_a_file_that_is_refused_lies_beside_what_is_wrong_with_it(
    yard: Yard, place: Path
) -> None:
    (place / "in" / "order.xml").write_bytes(ORDER.replace(b"<cbc:IssueDate>", b"<cbc:IssueDate>x"))
    async with yard.carrying(_declared(place)):
        await until(lambda: len(_names(place, "refused")) == 2)
    (message,) = yard.taken()
    name = f"{message.id}-order.xml"
    assert _names(place, "refused") == [name, f"{name}.findings.json"]
    told = json.loads((place / "refused" / f"{name}.findings.json").read_bytes())
    assert told == message.findings


async def test_the_same_file_again_overwrites_nothing(yard: Yard, place: Path) -> None:
    async with yard.carrying(_declared(place)):
        for count in (1, 2):
            (place / "in" / "order.xml").write_bytes(ORDER)
            await until(lambda: len(_names(place, "done")) == count)  # noqa: B023
    (message,) = yard.taken()
    assert message.arrivals == 2
    assert _names(place, "done") == [f"{message.id}-order.xml", f"2-{message.id}-order.xml"]


async def test_unfinished_and_hidden_files_links_and_folders_are_left_alone(
    yard: Yard, place: Path
) -> None:
    inside = place / "in"
    for name in (".order.xml", "order.xml.part", "order.tmp", "order.filepart", "order~"):
        (inside / name).write_bytes(ORDER)
    (inside / "link.xml").symlink_to(inside / ".order.xml")
    (inside / "folder.xml").mkdir()
    os.mkfifo(inside / "pipe.xml")
    before = _names(place, "in")
    (inside / "order.xml").write_bytes(ORDER)
    async with yard.carrying(_declared(place)):
        await until(lambda: _names(place, "done"))
    assert _names(place, "in") == before
    assert len(yard.taken()) == 1


async def test_a_file_that_still_grows_is_taken_whole(yard: Yard, place: Path) -> None:
    path = place / "in" / "order.xml"
    async with yard.carrying(_declared(place, settle_s=0.3)):
        with path.open("wb", buffering=0) as file:
            for first in range(0, len(ORDER), 1_000):
                file.write(ORDER[first : first + 1_000])
                await asyncio.sleep(0.02)
        await until(yard.taken)
    (message,) = yard.taken()
    assert yard.content(message) == ORDER


async def test_what_a_crash_left_half_taken_is_taken_up_again(yard: Yard, place: Path) -> None:
    (place / "taking").mkdir()
    (place / "taking" / "order.xml").write_bytes(ORDER)
    async with yard.carrying(_declared(place)):
        await until(lambda: _names(place, "done"))
    assert [each.arrivals for each in yard.taken()] == [1]


async def test_who_dies_between_keeping_and_putting_away_takes_nothing_twice(
    yard: Yard, place: Path
) -> None:
    (place / "in" / "order.xml").write_bytes(ORDER)
    died = []

    def die(boundary: str) -> None:
        died.append(boundary)
        raise asyncio.CancelledError

    async with yard.carrying(_declared(place), interrupt=die):
        await until(lambda: died)
    assert _names(place, "done") == []
    async with yard.carrying(_declared(place)):
        await until(lambda: _names(place, "done"))
    (message,) = yard.taken()
    assert (message.state, message.arrivals > 1) == ("ready", True)


async def test_a_file_that_is_too_large_is_refused_by_name(yard: Yard, place: Path) -> None:
    (place / "in" / "large.edi").write_bytes(b"x" * 2_001)
    (place / "in" / "order.xml").write_bytes(ORDER[:1_500])
    async with yard.carrying(_declared(place), Limits(bytes_max=2_000)):
        await until(lambda: len(_names(place, "refused")) == 4)
    told = json.loads((place / "refused" / "large-large.edi.findings.json").read_bytes())
    assert told[0]["rule"] == "A message has at most 2000 bytes."


async def test_what_is_for_the_partner_lies_in_out_whole_and_once(yard: Yard, place: Path) -> None:
    id_ = yard.put()
    async with yard.carrying(_declared(place)):
        await until(lambda: yard.sent(id_).state == "delivered")
    (name,) = _names(place, "out")
    assert name.endswith(f"-{id_}-Order.xml")
    assert (place / "out" / name).read_bytes() == ORDER


async def test_who_dies_between_bringing_and_noting_brings_it_under_the_same_name(
    yard: Yard, place: Path
) -> None:
    id_ = yard.put()
    died = []

    def die(boundary: str) -> None:
        died.append(boundary)
        raise asyncio.CancelledError

    async with yard.carrying(_declared(place), interrupt=die):
        await until(lambda: died)
    assert yard.sent(id_).state == "waiting"
    async with yard.carrying(_declared(place)):
        await until(lambda: yard.sent(id_).state == "delivered")
    assert len(_names(place, "out")) == 1


async def test_a_folder_that_cannot_be_used_is_tried_again(yard: Yard, tmp_path: Path) -> None:
    path = tmp_path / "mill"
    path.write_bytes(b"no folder")
    id_ = yard.put()
    async with yard.carrying(_declared(path)):
        await asyncio.sleep(0.2)
        assert yard.sent(id_).state == "waiting"
        path.unlink()
        await until(lambda: yard.sent(id_).state == "delivered")
