"""What is predicted for many wishes at once."""

import random
from pathlib import Path

import pytest

from ledger import lifecycle
from ledger.acceptance import Accepted
from ledger.database import reading
from ledger.desk import Wish
from ledger.errors import AgreementNoticed, AgreementUnexpectedState, DeliveryOrderDiffers
from ledger.forecast import LOOKUPS_MAX, Ask, Forecast
from ledger.model import Block
from ledger.sitting import Outcome
from tests.postgres import FreshDatabase
from tests.tables import AGREEMENT, Tables, filled

ENDING, NOTICED = AGREEMENT + 1, AGREEMENT + 2
ACTIONS = [row.action for machine in ("order", "delivery") for row in lifecycle.rows(machine)]


def _tables(folder: Path, fresh_database: FreshDatabase, name: str) -> Tables:
    (folder / name).mkdir()
    tables = filled(fresh_database(folder / name), folder / name)
    tables.agree(ENDING, "Ending")
    tables.agree(NOTICED, ends_at=100)
    tables.put(Block(number=1, hash=bytes(32), parent=bytes(32), time=200))
    for number, state in enumerate(("Issued", "Acknowledged", "Confirmed", "Confirmed"), 1):
        tables.order(number, state)
    tables.delivery(1, 3, "Despatched")
    tables.delivery(2, 4, "Announced")
    return tables


def _wish(chance: random.Random) -> Wish:
    return Wish(
        agreement=chance.choice([AGREEMENT] * 8 + [ENDING, NOTICED, 99]),
        action=chance.choice(ACTIONS),
        number=chance.choice([None, 1, 2, 3, 4, 5, 6]),
        order=chance.choice([None, None, 3, 4, 5]),
    )


def _told(outcome: Outcome) -> object:
    if isinstance(outcome, Accepted):
        return (outcome.machine, outcome.number, outcome.order)
    return (type(outcome), str(outcome))


@pytest.mark.parametrize("seed", range(4))
async def test_many_wishes_together_fare_as_they_would_one_after_another(
    tmp_path: Path, fresh_database: FreshDatabase, seed: int
) -> None:
    chance = random.Random(seed)
    together = _tables(tmp_path, fresh_database, "together").desk()
    alone = _tables(tmp_path, fresh_database, "alone").desk()
    for _ in range(6):
        organisation = chance.choice([1, 2, 3])
        wishes = [_wish(chance) for _ in range(40)]
        outcomes = await together.record_all(organisation, wishes)
        expected = [(await alone.record_all(organisation, [wish]))[0] for wish in wishes]
        assert [_told(each) for each in outcomes] == [_told(each) for each in expected]


async def test_what_the_chain_would_say_is_told_by_its_name(
    tmp_path: Path, fresh_database: FreshDatabase
) -> None:
    desk = _tables(tmp_path, fresh_database, "named").desk()
    refused: list[tuple[Wish, type[Exception]]] = [
        (Wish(agreement=NOTICED, action="issue"), AgreementNoticed),
        (Wish(agreement=AGREEMENT, action="despatch", number=2, order=3), DeliveryOrderDiffers),
    ]
    for wish, error in refused:
        (outcome,) = await desk.record_all(1 if wish.action == "issue" else 2, [wish])
        assert isinstance(outcome, error)


async def test_no_order_is_issued_under_an_agreement_that_is_not_in_force(
    tmp_path: Path, fresh_database: FreshDatabase
) -> None:
    tables = _tables(tmp_path, fresh_database, "ended")
    tables.agree(AGREEMENT + 7, "Proposed")
    (outcome,) = await tables.desk().record_all(1, [Wish(agreement=AGREEMENT + 7, action="issue")])
    assert isinstance(outcome, AgreementUnexpectedState)


def test_orders_of_many_agreements_are_found_however_they_are_scattered(
    tmp_path: Path, fresh_database: FreshDatabase
) -> None:
    tables = filled(fresh_database(tmp_path), tmp_path)
    count = LOOKUPS_MAX // 20
    for place in range(count):
        agreement = (7 << 32) + place
        tables.agree(agreement)
        tables.order(place + 1, "Issued", agreement)
    row = lifecycle.row_named("order", "acknowledge")
    asks = [Ask(row, (7 << 32) + place, place + 1) for place in range(count)]
    with reading(tables.engine) as session:
        forecast = Forecast(session, asks)
    assert {forecast.require_action(2, ask) for ask in asks} == set(range(1, count + 1))
