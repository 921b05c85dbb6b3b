"""What a node cannot truly have told stops the fold, loudly."""

from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from ledger.database import connect, migrate, writing
from ledger.errors import Corrupt
from ledger.lifecycle import row_named
from ledger.movement import move_deliveries, move_orders
from ledger.standing import Standing
from tests.postgres import FreshDatabase

TIMES = {1: 1_000}


def fact(machine: str, action: str, number: int, order: int | None = None) -> dict[str, Any]:
    return {
        "block_number": 1,
        "log_index": 0,
        "position": 0,
        "organisation": 1,
        "machine": machine,
        "agreement": 1 << 32 | 1,
        "number": number,
        "order_number": order,
        "action": row_named(machine, action).id,
        "state": 1,
    }


@pytest.mark.parametrize(
    ("machine", "action", "sentence"),
    [
        ("order", "issue", "order 7 of agreement 4294967297, which does not exist"),
        ("order", "confirm", "of 1 rows of order, 1 are missing"),
        ("delivery", "receive", "delivery 7 of agreement 4294967297, which does not exist"),
    ],
)
def test_a_fact_about_what_does_not_exist_is_corrupt(
    fresh_database: FreshDatabase, tmp_path: Path, machine: str, action: str, sentence: str
) -> None:
    engine = connect(fresh_database(tmp_path))
    migrate(engine)
    fold = move_orders if machine == "order" else move_deliveries
    with pytest.raises(Corrupt, match=sentence), writing(engine) as session:
        fold(Standing(session), [fact(machine, action, 7)], TIMES)
    engine.dispose()


def test_later_facts_of_a_delivery_are_given_the_order_it_was_opened_for(
    fresh_database: FreshDatabase, tmp_path: Path
) -> None:
    engine = connect(fresh_database(tmp_path))
    migrate(engine)
    with writing(engine) as session:
        first = [fact("delivery", "despatch", 7, 3), fact("delivery", "receive", 7)]
        move_deliveries(Standing(session), first, TIMES)
        assert [each["order_number"] for each in first] == [3, 3]
    with writing(engine) as session:
        assert _later(session)["order_number"] == 3
    engine.dispose()


def _later(session: Session) -> dict[str, Any]:
    later = fact("delivery", "pass", 7)
    move_deliveries(Standing(session), [later], TIMES)
    return later
