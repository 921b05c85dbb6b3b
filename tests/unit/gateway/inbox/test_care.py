"""What a crash left unread is read, and what was dealt with is forgotten in time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from gateway.inbox import book, service
from gateway.inbox.care import TRIES_MAX, Rules, forget, sweep
from gateway.inbox.errors import InboxMessageUnknown
from gateway.inbox.models import InboxContent, InboxMessage
from ledger.database import reading, writing

ROOT: Final = Path(__file__).parents[4]
ORDER: Final = (ROOT / "examples" / "order.xml").read_bytes()
OURS, THEIRS = 1, 2
AT_ONCE: Final = Rules(frozenset({OURS}), keep_ms=0, orphan_ms=0)
LATER: Final = Rules(frozenset({OURS}), keep_ms=3_600_000, orphan_ms=3_600_000)

_DIES: Final = """
import os, signal, sys
from gateway.inbox import service
from ledger import database

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

service.read = die
engine = database.connect(sys.argv[1])
service.receive(engine, 1, "mill", open(sys.argv[2], "rb").read(), "application/xml")
"""


def _keep(engine: Engine, organisation: int = OURS) -> str:
    with writing(engine) as session:
        return str(book.keep(session, organisation, "mill", ORDER, "application/xml").id)


def test_what_a_killed_process_had_kept_is_read(engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    killed = subprocess.run(
        [sys.executable, "-c", _DIES, url, str(ROOT / "examples" / "order.xml")],
        cwd=ROOT,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert killed.returncode == -signal.SIGKILL
    (message,) = service.messages(engine, OURS, None, None, 10).items
    assert message.state == "received"
    assert sweep(engine, AT_ONCE) == 1
    assert service.message(engine, OURS, message.id).state == "ready"
    assert sweep(engine, AT_ONCE) == 0


def test_what_is_being_read_and_what_is_of_others_is_left_alone(engine: Engine) -> None:
    own, other = _keep(engine), _keep(engine, THEIRS)
    assert sweep(engine, LATER) == 0
    assert sweep(engine, AT_ONCE) == 1
    assert service.message(engine, OURS, own).state == "ready"
    assert service.message(engine, THEIRS, other).state == "received"


def test_what_cuts_off_every_reading_is_refused_in_the_end(engine: Engine) -> None:
    id_ = _keep(engine)
    with writing(engine) as session:
        message = book.own(session, OURS, id_)
        message.tries = TRIES_MAX
        session.add(message)
    sweep(engine, AT_ONCE)
    shown = service.message(engine, OURS, id_)
    assert shown.state == "refused"
    assert "cut off 3 times" in shown.findings[0]["rule"]
    assert service.replay(engine, OURS, id_).state == "ready"


def test_a_fault_of_ours_is_a_finding_and_holds_nothing_up(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RecursionError("too deep")

    with monkeypatch.context() as patch:
        patch.setattr(service, "read", fail)
        taken = service.receive(engine, OURS, "mill", ORDER, "")
    assert taken.state == "refused"
    assert "RecursionError" in taken.findings[0]["rule"]
    assert service.replay(engine, OURS, taken.id).state == "ready"


def _contents(engine: Engine) -> int:
    with reading(engine) as session:
        return len(session.exec(select(InboxContent)).all())


def test_of_what_is_recorded_the_content_is_forgotten(engine: Engine) -> None:
    taken = service.receive(engine, OURS, "mill", ORDER, "")
    with writing(engine) as session:
        message = book.own(session, OURS, taken.id)
        book.note_recorded(message, 0, 7)
        session.add(message)
    forget(engine, LATER)
    assert service.content(engine, OURS, taken.id, None)[0] == ORDER
    forget(engine, AT_ONCE)
    assert _contents(engine) == 0
    with pytest.raises(InboxMessageUnknown):
        service.content(engine, OURS, taken.id, None)
    again = service.receive(engine, OURS, "mill", ORDER, "")
    assert (again.id, again.state, again.is_duplicate) == (taken.id, "recorded", True)


def test_what_came_to_nothing_is_forgotten_whole(engine: Engine) -> None:
    refused = service.receive(engine, OURS, "mill", b"no standard", "")
    aside = service.receive(engine, OURS, "mill", ORDER, "")
    service.set_aside(engine, OURS, aside.id)
    forget(engine, AT_ONCE)
    with reading(engine) as session:
        assert session.exec(select(InboxMessage)).all() == []
    again = service.receive(engine, OURS, "mill", ORDER, "")
    assert (again.state, again.is_duplicate) == ("ready", False)
    assert int(again.id) > int(refused.id)


def test_what_can_still_be_recorded_stays(engine: Engine) -> None:
    taken = service.receive(engine, OURS, "mill", ORDER, "")
    _keep(engine, THEIRS)
    forget(engine, AT_ONCE)
    assert service.message(engine, OURS, taken.id).state == "ready"
    assert _contents(engine) == 2
