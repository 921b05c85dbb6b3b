import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.action import Action, pack_actions, unpack_actions
from ledger.errors import ActionsMalformed, IntentMalformed

AGREEMENT = 1 << 32 | 7
ISSUE, CONFIRM, ANNOUNCE, RECEIVE = 1, 4, 32, 35
HEAD = b"\0" + AGREEMENT.to_bytes(8)

ACTIONS = st.builds(
    lambda agreement, action, number, order: Action(
        agreement, action, number, order if action in (32, 34) else 0
    ),
    st.sampled_from([0, 7, AGREEMENT, 2**64 - 1]),
    st.integers(1, 127),
    st.integers(0, 2**32 - 1) | st.integers(1, 4),
    st.integers(0, 2**32 - 1) | st.integers(1, 4),
)


def test_single_action_takes_five_bytes() -> None:
    assert pack_actions([Action(AGREEMENT, CONFIRM, 9)]) == HEAD + b"\4\0\0\0\x09"


def test_consecutive_numbers_become_a_run() -> None:
    actions = [Action(AGREEMENT, ISSUE, number) for number in range(5, 305)]
    assert pack_actions(actions) == HEAD + b"\x81\0\0\0\x05\x01\x2c"


def test_opening_action_names_its_order() -> None:
    assert pack_actions([Action(AGREEMENT, ANNOUNCE, 3, 9)]) == HEAD + b"\x20\0\0\0\3\0\0\0\x09"


def test_run_of_deliveries_needs_consecutive_orders() -> None:
    run = [Action(AGREEMENT, ANNOUNCE, 3, 9), Action(AGREEMENT, ANNOUNCE, 4, 10)]
    assert pack_actions(run) == HEAD + b"\xa0\0\0\0\3\0\2\0\0\0\x09"
    split = [Action(AGREEMENT, ANNOUNCE, 3, 9), Action(AGREEMENT, ANNOUNCE, 4, 9)]
    assert len(pack_actions(split)) == len(HEAD) + 18


def test_agreement_is_named_once_until_it_changes() -> None:
    there, here = Action(5, CONFIRM, 1), Action(6, CONFIRM, 1)
    assert len(pack_actions([there, there, here, there])) == 3 * 9 + 4 * 5


def test_run_longer_than_its_count_is_split() -> None:
    actions = [Action(AGREEMENT, ISSUE, number) for number in range(65_536 + 9)]
    packed = pack_actions(actions)
    assert len(packed) == len(HEAD) + 14
    assert unpack_actions(packed) == actions


@given(st.lists(ACTIONS, max_size=30))
def test_packed_actions_are_unpacked_in_their_order(actions: list[Action]) -> None:
    assert unpack_actions(pack_actions(actions)) == actions


RECORDS = st.builds(
    lambda action, number, count, order: (
        bytes([action | 0x80]) + number + bytes([0, count]) + (order if action in (32, 34) else b"")
    ),
    st.sampled_from([0, 1, 24, 32, 34, 127]),
    st.sampled_from([bytes(4), b"\0\0\1\0", b"\xff\xff\xff\xf0"]),
    st.integers(0, 40),
    st.sampled_from([bytes(4), b"\xff\xff\xff\xf0"]),
)


@given(st.lists(RECORDS, max_size=5).map(b"".join), st.integers(0, 12))
def test_runs_are_read_or_refused_with_what_was_readable(stream: bytes, cut: int) -> None:
    data = stream[: len(stream) - cut]
    actions, end = readable(data)
    assert actions == unpack_actions(data[:end])
    known = [one for one in actions if one.action]
    assert unpack_actions(pack_actions(known)) == known


def readable(data: bytes) -> tuple[list[Action], int]:
    try:
        return unpack_actions(data), len(data)
    except ActionsMalformed as refused:
        return refused.readable, refused.arguments["offset"]


@pytest.mark.parametrize(
    ("stream", "offset"),
    [
        (b"\0", 0),
        (HEAD[:8], 0),
        (HEAD + b"\4\0\0\0", 9),
        (HEAD + b"\4\0\0\0\1" + b"\x84\0\0\0\1\0", 14),
        (HEAD + b"\x84\0\0\0\1\0\0", 9),
        (HEAD + b"\x84\xff\xff\xff\xff\0\2", 9),
        (HEAD + b"\x20\0\0\0\1", 9),
        (HEAD + b"\xa0\0\0\0\1\0\2\xff\xff\xff\xff", 9),
    ],
)
def test_malformed_stream_is_refused_at_its_offset(stream: bytes, offset: int) -> None:
    with pytest.raises(ActionsMalformed) as caught:
        unpack_actions(stream)
    assert caught.value.arguments == {"offset": offset}
    assert len(caught.value.readable) == (1 if offset == 14 else 0)


def test_unknown_action_is_read_as_one_number() -> None:
    assert unpack_actions(HEAD + b"\x7f\0\0\0\1") == [Action(AGREEMENT, 127, 1)]


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
