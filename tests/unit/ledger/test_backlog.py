"""When a caller may come back."""

import time
from pathlib import Path

import pytest

from ledger.backlog import RETRY_S, Backlog, Limits
from ledger.database import writing
from ledger.desk import Wish
from ledger.errors import TooManyWaiting
from tests.postgres import FreshDatabase
from tests.tables import AGREEMENT, filled


async def test_retry_follows_what_the_chain_took_since_the_last_look(
    tmp_path: Path, fresh_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now_s[0])
    tables = filled(fresh_database(tmp_path), tmp_path)
    await tables.desk().record_all(1, [Wish(agreement=AGREEMENT, action="issue")] * 40)
    waiting = Backlog(Limits(waiting_max=20))
    with writing(tables.engine) as session:
        waiting.look(session)
        assert _retry_after_s(waiting) == RETRY_S
        session.connection().exec_driver_sql(
            "UPDATE pending_action SET status = 'recorded' WHERE id <= 10"
        )
        # Not yet: what was counted a moment ago still counts.
        waiting.look(session)
        assert _retry_after_s(waiting) == RETRY_S
        now_s[0] += 2
        waiting.look(session)
    # 5 a second were taken, and 11 have to go before there is room for one.
    assert _retry_after_s(waiting) == 3


def test_empty_gateway_takes_in_whoever_comes() -> None:
    Backlog(Limits(waiting_max=5)).require_room(1, 0, 9)


def _retry_after_s(waiting: Backlog) -> int:
    with pytest.raises(TooManyWaiting) as refused:
        waiting.require_room(1, 0, 1)
    seconds: int = refused.value.arguments["retry_after_s"]
    return seconds
