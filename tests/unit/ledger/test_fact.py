"""What the events of a batch are read as, refusals that cover many of them included."""

from typing import Any

from ledger.action import Action, pack_actions
from ledger.errors import LedgerSeatMissing, OrderUnexpectedState, Refused, decode_refusal
from ledger.event import ActionRefused, BatchRecorded, Event, IntentRecorded
from ledger.fact import Record, read_facts

AGREEMENT = 1 << 32 | 7
CONFIRM, DESPATCH = 4, 34
BATCH = b"\5" * 32


def placed(log_index: int) -> dict[str, Any]:
    return {
        "contract": "0x" + "00" * 20,
        "block_number": 1,
        "block_hash": bytes(32),
        "tx_hash": bytes(32),
        "log_index": log_index,
    }


def refused(position: int, count: int, problem: Refused) -> Event:
    return ActionRefused(
        batch=BATCH, position=position, count=count, problem=problem.encoded(), **placed(position)
    )


def recorded(*numbers: int) -> Event:
    return BatchRecorded(
        organisation=1,
        batch=BATCH,
        documents_root=bytes(32),
        manifest=bytes(32),
        actions=pack_actions([Action(AGREEMENT, CONFIRM, number) for number in numbers]),
        **placed(99),
    )


def read(*events: Event) -> Record:
    (record,), refusals = read_facts(events)
    assert refusals == []
    return record


def arguments_at(record: Record) -> dict[int, tuple[Any, ...]]:
    return {
        position: tuple(decode_refusal(problem).arguments.values())
        for position, problem in record.refused.items()
    }


def test_refused_neighbours_are_named_one_after_the_other() -> None:
    problem = OrderUnexpectedState(AGREEMENT, 11, 7, 6)
    record = read(refused(1, 3, problem), recorded(10, 11, 12, 13, 14))
    assert arguments_at(record) == {
        1: (AGREEMENT, 11, 7, 6),
        2: (AGREEMENT, 12, 7, 6),
        3: (AGREEMENT, 13, 7, 6),
    }
    assert [(fact["position"], fact["number"]) for fact in record.facts] == [(0, 10), (4, 14)]


def test_a_record_that_is_refused_as_a_whole_has_one_problem() -> None:
    problem = LedgerSeatMissing(AGREEMENT, 1, CONFIRM)
    record = read(refused(0, 3, problem), recorded(9, 4, 7))
    assert arguments_at(record) == dict.fromkeys(range(3), (AGREEMENT, 1, CONFIRM))
    assert record.facts == []


def test_refusals_of_one_batch_add_up() -> None:
    first, second = (OrderUnexpectedState(AGREEMENT, number, 7, 6) for number in (1, 6))
    record = read(refused(0, 2, first), refused(3, 1, second), recorded(1, 2, 4, 6))
    assert arguments_at(record)[3] == (AGREEMENT, 6, 7, 6)
    assert sorted(record.refused) == [0, 1, 3]
    assert [fact["number"] for fact in record.facts] == [4]


def test_an_individual_step_is_unpacked() -> None:
    event = IntentRecorded(
        organisation=1,
        intent=BATCH,
        step=(2**64 - 1) << 72 | DESPATCH << 64 | (2**32 - 1) << 32 | 5,
        document=bytes(32),
        manifest=bytes(32),
        **placed(0),
    )
    assert event.action == Action(2**64 - 1, DESPATCH, 2**32 - 1, 5)
    (fact,) = read(event).facts
    assert (fact["machine"], fact["number"], fact["order_number"]) == ("delivery", 2**32 - 1, 5)
