from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.action import (
    ENTRY_GAS,
    LIST_GAS,
    RUN_GAS,
    Action,
    list_record,
    pack_actions,
    run_record,
    unpack_actions,
)
from ledger.errors import ActionsMalformed, IntentMalformed
from ledger.spec import read_json
from tests.oracles.actions import gas_of, least_gas, read_stream

AGREEMENT = 1 << 32 | 7
ISSUE, CONFIRM, ANNOUNCE, DESPATCH, RECEIVE = 1, 4, 32, 34, 35
HEAD = b"\0" + AGREEMENT.to_bytes(8)
STREAMS = read_json("vectors/action_stream.json")

ACTIONS = st.builds(
    lambda agreement, action, number, order: Action(
        agreement, action, number, order if action in (ANNOUNCE, DESPATCH) else 0
    ),
    st.sampled_from([0, 7, AGREEMENT, 2**64 - 1]),
    st.integers(1, 127) | st.sampled_from([ISSUE, ANNOUNCE]),
    st.integers(0, 2**32 - 1) | st.integers(1, 4),
    st.integers(0, 2**32 - 1) | st.integers(1, 4),
)
STRETCHES = st.builds(
    lambda first, count: [
        first._replace(number=first.number + i, order=(first.order + i) if first.order else 0)
        for i in range(count)
    ],
    st.builds(Action, st.just(AGREEMENT), st.just(CONFIRM), st.integers(0, 40), st.just(0))
    | st.builds(
        Action,
        st.just(AGREEMENT),
        st.just(ANNOUNCE),
        st.integers(0, 40),
        st.integers(1, 40),
    ),
    st.integers(1, 5),
)


def confirmed(*numbers: int) -> list[Action]:
    return [Action(AGREEMENT, CONFIRM, number) for number in numbers]


def packed(*actions: Action) -> bytes:
    """Pack actions; gives what follows the agreement."""
    stream = pack_actions(actions)
    assert stream.startswith(HEAD)
    return stream.removeprefix(HEAD)


def test_single_action_is_a_list_of_one() -> None:
    assert packed(*confirmed(9)) == b"\4\0\1\0\0\0\x09"


def test_numbers_that_are_not_consecutive_share_the_head_of_a_list() -> None:
    assert packed(*confirmed(9, 5, 7)) == b"\4\0\3\0\0\0\x09\0\0\0\5\0\0\0\7"


def test_consecutive_numbers_become_a_run() -> None:
    actions = [Action(AGREEMENT, ISSUE, number) for number in range(5, 305)]
    assert packed(*actions) == b"\x81\x01\x2c\0\0\0\x05"


def test_two_consecutive_numbers_are_cheaper_as_a_list() -> None:
    assert packed(*confirmed(5, 6)) == b"\4\0\2\0\0\0\5\0\0\0\6"
    assert packed(*confirmed(5, 6, 7)) == b"\x84\0\3\0\0\0\5"


def test_a_few_consecutive_numbers_within_a_list_stay_in_it() -> None:
    stream = packed(*confirmed(1, *range(5, 14), 20))
    assert stream[:3] == b"\4\0\x0b"


def test_many_consecutive_numbers_within_a_list_are_worth_heads_of_their_own() -> None:
    expected = b"\4\0\1\0\0\0\1" + b"\x84\0\x0b\0\0\0\5" + b"\4\0\1\0\0\0\x14"
    assert packed(*confirmed(1, *range(5, 16), 20)) == expected


def test_opening_action_names_its_order() -> None:
    assert packed(Action(AGREEMENT, ANNOUNCE, 3, 9)) == b"\x20\0\1\0\0\0\3\0\0\0\x09"


def test_run_of_deliveries_needs_consecutive_orders() -> None:
    run = [Action(AGREEMENT, ANNOUNCE, 3 + i, 9 + i) for i in range(3)]
    assert packed(*run) == b"\xa0\0\3\0\0\0\3\0\0\0\x09"
    split = [Action(AGREEMENT, ANNOUNCE, 3, 9), Action(AGREEMENT, ANNOUNCE, 4, 9)]
    assert packed(*split) == b"\x20\0\2\0\0\0\3\0\0\0\x09\0\0\0\4\0\0\0\x09"


def test_agreement_is_named_once_until_it_changes() -> None:
    there, here = Action(5, CONFIRM, 1), Action(6, CONFIRM, 1)
    assert len(pack_actions([there, there, here, there])) == 3 * 9 + 11 + 7 + 7


def test_another_action_begins_another_record() -> None:
    both = [Action(AGREEMENT, ISSUE, 1), Action(AGREEMENT, CONFIRM, 1)]
    assert packed(*both) == b"\1\0\1\0\0\0\1" + b"\4\0\1\0\0\0\1"


def test_records_longer_than_the_contract_takes_are_split() -> None:
    run = confirmed(*range(2_048 + 9))
    assert len(packed(*run)) == 7 + 7
    scattered = confirmed(*range(0, 2 * 2_049, 2))
    assert len(packed(*scattered)) == (3 + 2_048 * 4) + (3 + 4)
    assert unpack_actions(pack_actions([*run, *scattered])) == [*run, *scattered]


def test_records_can_be_chosen_by_hand() -> None:
    actions = confirmed(1, 2, 3)
    as_list, as_run = list_record(actions), run_record(actions[0], 3)
    assert (len(as_list), len(as_run)) == (15, 7)
    assert unpack_actions(HEAD + as_list) == unpack_actions(HEAD + as_run) == actions


@given(st.lists(ACTIONS, max_size=30) | st.lists(STRETCHES, max_size=9).map(lambda s: [*chain(*s)]))
def test_packed_actions_are_unpacked_in_their_order(actions: list[Action]) -> None:
    assert unpack_actions(pack_actions(actions)) == actions
    assert read_stream(pack_actions(actions)) == (actions, None)


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 5)), min_size=1, max_size=4),
    st.sampled_from([CONFIRM, ANNOUNCE]),
)
def test_no_other_packing_costs_less(stretches: list[tuple[int, int]], action: int) -> None:
    numbers = [first + i for first, count in stretches for i in range(count)][:12]
    actions = [Action(AGREEMENT, action, n, n if action == ANNOUNCE else 0) for n in numbers]
    prices = (LIST_GAS, RUN_GAS, ENTRY_GAS)
    assert gas_of(pack_actions(actions), *prices) == least_gas(actions, *prices)


RECORDS = st.builds(
    lambda head, count, entry: bytes([head]) + count.to_bytes(2) + entry * 2,
    st.sampled_from([0, 1, 24, 32, 34, 127, 128, 129, 160, 162, 255]),
    st.integers(0, 4) | st.sampled_from([2_048, 2_049, 0xFFFF]),
    st.sampled_from([bytes(4), b"\0\0\1\0", b"\xff\xff\xff\xfe", b"\xff\xff\xff\xff", b""]),
)
LISTS = st.builds(
    lambda head, numbers: bytes([head, 0, len(numbers)]) + b"".join(n.to_bytes(4) for n in numbers),
    st.sampled_from([1, 4, 64]),
    st.lists(st.integers(0, 2**32 - 1), max_size=4),
)


@given(st.lists(RECORDS | LISTS | st.just(HEAD), max_size=6).map(b"".join), st.integers(0, 12))
def test_any_stream_is_read_as_a_plain_reader_reads_it(stream: bytes, cut: int) -> None:
    data = stream[: len(stream) - cut]
    actions, offset = readable(data)
    assert (actions, offset) == read_stream(data)
    assert unpack_actions(data[:offset]) == actions
    known = [one for one in actions if one.action]
    assert unpack_actions(pack_actions(known)) == known


def readable(data: bytes) -> tuple[list[Action], int | None]:
    try:
        return unpack_actions(data), None
    except ActionsMalformed as refused:
        return refused.readable, refused.arguments["offset"]


@pytest.mark.parametrize("case", STREAMS["streams"], ids=lambda case: str(case["name"]))
def test_stream_is_read_as_its_vector_says(case: dict[str, object]) -> None:
    data = bytes.fromhex(str(case["actions"])[2:])
    actions, offset = readable(data)
    assert [[str(field) for field in action] for action in actions] == case["read"]
    assert offset == case["malformedAt"]
    assert read_stream(data) == (actions, offset)


@pytest.mark.parametrize(
    ("stream", "offset", "count"),
    [
        (b"\0", 0, 0),
        (HEAD[:8], 0, 0),
        (HEAD + b"\4", 9, 0),
        (HEAD + b"\4\0", 9, 0),
        (HEAD + b"\4\0\1", 9, 0),
        (HEAD + b"\4\0\2\0\0\0\1\0\0\0", 9, 0),
        (HEAD + b"\4\0\1\0\0\0\1" + b"\x84\0\1\0\0\0", 16, 1),
        (HEAD + b"\4\0\0", 9, 0),
        (HEAD + b"\x84\0\0\0\0\0\1", 9, 0),
        (HEAD + b"\x84\x08\x01\0\0\0\1", 9, 0),
        (HEAD + b"\4\x08\x01" + bytes(4 * 2_049), 9, 0),
        (HEAD + b"\x84\0\2\xff\xff\xff\xff", 9, 0),
        (HEAD + b"\x20\0\1\0\0\0\1", 9, 0),
        (HEAD + b"\xa0\0\2\0\0\0\1\xff\xff\xff\xff", 9, 0),
    ],
)
def test_malformed_stream_is_refused_at_its_offset(stream: bytes, offset: int, count: int) -> None:
    with pytest.raises(ActionsMalformed) as caught:
        unpack_actions(stream)
    assert caught.value.arguments == {"offset": offset}
    assert len(caught.value.readable) == count


@pytest.mark.parametrize("stream", [b"\x84\x08\0\0\0\0\1", b"\4\x08\0" + bytes(4 * 2_048)])
def test_longest_records_are_read(stream: bytes) -> None:
    assert len(unpack_actions(HEAD + stream)) == 2_048


def test_run_may_end_at_the_last_number() -> None:
    last = Action(AGREEMENT, CONFIRM, 2**32 - 1)
    assert unpack_actions(HEAD + b"\x84\0\2\xff\xff\xff\xfe")[-1] == last


def test_unknown_action_is_read_as_one_about_plain_numbers() -> None:
    assert unpack_actions(HEAD + b"\x7f\0\1\0\0\0\1") == [Action(AGREEMENT, 127, 1)]


@pytest.mark.parametrize(
    ("action", "field"),
    [
        (Action(-1, CONFIRM, 1), "agreement"),
        (Action(2**64, CONFIRM, 1), "agreement"),
        (Action(AGREEMENT, 0, 1), "action"),
        (Action(AGREEMENT, 128, 1), "action"),
        (Action(AGREEMENT, CONFIRM, -1), "number"),
        (Action(AGREEMENT, CONFIRM, 2**32), "number"),
        (Action(AGREEMENT, RECEIVE, 1, 5), "order"),
        (Action(AGREEMENT, ANNOUNCE, 1, 2**32), "order"),
    ],
)
def test_action_that_does_not_fit_is_refused(action: Action, field: str) -> None:
    with pytest.raises(IntentMalformed) as caught:
        pack_actions([action])
    assert caught.value.context["field"] == field


def test_run_of_two_actions_that_name_an_order_in_vain_is_refused() -> None:
    with pytest.raises(IntentMalformed):
        pack_actions([Action(AGREEMENT, RECEIVE, 1, 5), Action(AGREEMENT, RECEIVE, 2, 5)])
