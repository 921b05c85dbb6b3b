"""A process that carries is killed at any moment; nothing is lost, and nothing is taken twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest

from gateway.inbox.care import Rules, sweep
from gateway.transport.declaration import FolderDeclaration
from tests.unit.gateway.transport.conftest import EACH, ORDER, OURS, ROOT, Yard, until

FILES: Final = 60
KILLS: Final = 5

_CARRIES: Final = """
import asyncio, sys
from gateway.inbox.care import Rules
from gateway.transport.assembly import channel_of
from gateway.transport.book import Book
from gateway.transport.channel import Limits
from gateway.transport.declaration import FolderDeclaration
from gateway.transport.porter import Porter
from ledger import database
from ledger.lease import Lease

async def main(url, path):
    declared = FolderDeclaration(organisation=1, partner="mill", kind="folder", path=path,
                                 every_s=0.01, settle_s=0)
    engine = database.connect(url)
    routes = {"mill": (declared, channel_of(declared, Limits(1_000_000), ()))}
    lease = Lease("channels", length_ms=50)
    rules = Rules(frozenset({1}), keep_ms=10**12, orphan_ms=0)
    await Porter(Book(engine, lease), engine, routes, rules).run()

asyncio.run(main(sys.argv[1], sys.argv[2]))
"""


@pytest.mark.skipif(os.environ.get("DEEP") != "1", reason="takes half a minute: DEEP=1")
async def test_whoever_is_killed_at_any_moment_loses_nothing(yard: Yard, tmp_path: Path) -> None:
    place = tmp_path / "mill"
    (place / "in").mkdir(parents=True)
    for number in range(FILES):
        content = ORDER.replace(b"</Order>", b"<!-- %d --></Order>" % number)
        (place / "in" / f"{number:02}.xml").write_bytes(content)
    sent = [yard.put(key=str(number)) for number in range(FILES)]
    chance = random.Random(7)
    for _ in range(KILLS):
        _carry_and_die(yard, place, chance.uniform(0.02, 0.4))
    declared = FolderDeclaration.model_validate({**EACH, "kind": "folder", "path": place})
    async with yard.carrying(declared):
        await until(lambda: all(yard.sent(id_).state == "delivered" for id_ in sent), 60)
        await until(lambda: not any((place / "in").iterdir()), 60)
        await until(lambda: not any((place / "taking").iterdir()), 60)
    sweep(yard.engine, Rules(frozenset({OURS}), keep_ms=10**12, orphan_ms=0))
    assert [each.state for each in yard.taken()] == ["ready"] * FILES
    assert len(list((place / "done").iterdir())) == FILES
    brought = list((place / "out").glob("*-Order.xml"))
    assert sorted(each.name.split("-")[1] for each in brought) == sorted(sent)
    assert {each.read_bytes() for each in brought} == {ORDER}


def _carry_and_die(yard: Yard, place: Path, after_s: float) -> None:
    """Carry in a process of its own, and kill it some time after it has begun."""
    before = _done(place)
    url = yard.engine.url.render_as_string(hide_password=False)
    process = subprocess.Popen(
        [sys.executable, "-c", _CARRIES, url, str(place)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    deadline_s = time.monotonic() + 30
    while _done(place) == before and process.poll() is None and time.monotonic() < deadline_s:
        time.sleep(0.005)
    time.sleep(after_s)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


def _done(place: Path) -> int:
    return sum(
        1 for name in ("done", "out") if (place / name).exists() for _ in (place / name).iterdir()
    )
