"""Actions of a batch, packed as IOrderLedger draws it.

::

    00 | agreement (8)                           the records that follow are in this agreement
    aa | count (2) | number (4) ...              action aa (1-0x7f) on each of `count` things
    aa+80 | count (2) | number (4)               a run: the same on `count` consecutive numbers

Where the action opens a delivery, each number is followed by its order (4); in a run, delivery
number+i belongs to order+i. `count` is 1 to 2,048, and a run does not pass the last number.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby, repeat
from struct import unpack
from typing import Final, NamedTuple

from ledger.errors import ActionsMalformed, IntentMalformed
from ledger.lifecycle import is_opening

RUN: Final = 0x80
COUNT_MAX: Final = 2_048
_HEAD_SIZE: Final = 3
LIST_GAS: Final = 1_100
"""What a list costs beside its entries: its head in calldata and log, and the core's work on it."""
RUN_GAS: Final = 1_900
ENTRY_GAS: Final = 300
"""What naming one number more costs: bytes, and the core's look at it."""
_NUMBERS: Final = 1 << 32


class Action(NamedTuple):
    """One action of a batch; its place among the batch's actions is its position.

    Parameters
    ----------
    agreement : int
        Number of the agreement.
    action : int
        Number of the action in the lifecycle table.
    number : int
        Order or delivery, as the action says.
    order : int
        The order that an opened delivery belongs to; zero otherwise.
    """

    agreement: int
    action: int
    number: int
    order: int = 0


def pack_actions(actions: Sequence[Action]) -> bytes:
    """Pack actions in their order, as the runs and lists that cost the least gas.

    Raises
    ------
    IntentMalformed
        When a field does not fit, or an order is named where none belongs.
    """
    packed = bytearray()
    for agreement, here in groupby(actions, key=lambda each: each.agreement):
        packed += agreement_record(agreement)
        for _, alike in groupby(here, key=lambda each: each.action):
            packed += _records(list(alike))
    return bytes(packed)


def agreement_record(agreement: int) -> bytes:
    """Give the record that says in which agreement those after it are."""
    return b"\0" + _sized("agreement", agreement, 8)


def list_record(actions: Sequence[Action]) -> bytes:
    """Give the record that names each of the numbers: one action, one agreement, in any order."""
    first = actions[0]
    assert {(each.agreement, each.action) for each in actions} == {first[:2]}
    return _head(first.action, len(actions)) + b"".join(map(_entry, actions))


def run_record(first: Action, count: int) -> bytes:
    """Give the record of a run that begins with an action."""
    return _head(first.action, count, RUN) + _entry(first)


class Sweep(NamedTuple):
    """One record of a stream: an action on many numbers, whose positions follow one another.

    Parameters
    ----------
    orders : sequence of int
        For each number the order that the opened delivery belongs to; empty where none is opened.
    """

    agreement: int
    action: int
    numbers: Sequence[int]
    orders: Sequence[int]


def read_sweeps(data: bytes) -> tuple[list[Sweep], int | None]:
    """Read a stream by its records; the offset is that of the first one that cannot be read."""
    sweeps: list[Sweep] = []
    agreement = 0
    offset = 0
    while offset < len(data):
        if data[offset] == 0:
            end = offset + 9
            agreement = int.from_bytes(data[offset + 1 : end])
            if end > len(data):
                return sweeps, offset
        else:
            end = _end_of(data, offset)
            sweep = None if end > len(data) else _sweep(agreement, data[offset:end])
            if sweep is None:
                return sweeps, offset
            sweeps.append(sweep)
        offset = end
    return sweeps, None


def unpack_actions(data: bytes) -> list[Action]:
    """Unpack actions; the index of each is its position in the batch.

    Raises
    ------
    ActionsMalformed
        When the stream cannot be read to its end; carries the offset of the record that cannot be
        read, and the actions before it.
    """
    sweeps, unreadable = read_sweeps(data)
    actions = [
        Action(sweep.agreement, sweep.action, number, order)
        for sweep in sweeps
        for number, order in zip(sweep.numbers, sweep.orders or repeat(0), strict=False)
    ]
    if unreadable is not None:
        raise ActionsMalformed(unreadable, actions)
    return actions


def _records(actions: Sequence[Action]) -> bytes:
    """Pack actions that differ in their numbers only."""
    packed = bytearray()
    stretches = list(_stretches(actions))
    listed: list[Action] = []
    for stretch, is_run in zip(stretches, _choice(stretches), strict=True):
        if not is_run:
            listed += stretch
            continue
        packed += _lists(listed)
        packed += run_record(stretch[0], len(stretch))
        listed = []
    return bytes(packed + _lists(listed))


def _stretches(actions: Sequence[Action]) -> Iterator[Sequence[Action]]:
    """Cut actions where the next number, or the next order, is not the consecutive one."""
    step = 1 if is_opening(actions[0].action) else 0
    start = 0
    for end in range(1, len(actions) + 1):
        if end < len(actions) and end - start < COUNT_MAX:
            last, following = actions[end - 1], actions[end]
            if following[2:] == (last.number + 1, last.order + step):
                continue
        yield actions[start:end]
        start = end


def _choice(stretches: Sequence[Sequence[Action]]) -> Iterator[bool]:
    """Tell which stretches to make runs of, so that all of them cost the least gas.

    A run costs the same, whatever its length. Entries of a list share their head, but a run among
    them gives those behind it a head of their own. So the choice for a stretch depends on whether a
    list is open before it; from the last stretch back, both answers are known.
    """
    costs = _Rest(0, 0)
    choices = []
    for stretch in reversed(stretches):
        run = RUN_GAS + costs.after_run
        listed = ENTRY_GAS * len(stretch) + costs.after_list
        choices.append(_Rest(run < listed + LIST_GAS, run < listed))
        costs = _Rest(min(run, listed + LIST_GAS), min(run, listed))
    is_run = True
    for choice in reversed(choices):
        is_run = bool(choice.after_run if is_run else choice.after_list)
        yield is_run


class _Rest(NamedTuple):
    """Something about the stretches that are left, when a run or when an open list is before."""

    after_run: int
    after_list: int


def _lists(actions: Sequence[Action]) -> bytes:
    starts = range(0, len(actions), COUNT_MAX)
    return b"".join(list_record(actions[start : start + COUNT_MAX]) for start in starts)


def _head(action: int, count: int, form: int = 0) -> bytes:
    if not 0 < action < RUN:
        raise _malformed("action", action, "from 1 to 127")
    assert 0 < count <= COUNT_MAX
    return bytes([action | form]) + count.to_bytes(2)


def _entry(action: Action) -> bytes:
    opens = is_opening(action.action)
    if action.order and not opens:
        raise _malformed("order", action.order, "zero, as the action opens no delivery")
    number = _sized("number", action.number, 4)
    return number + _sized("order", action.order, 4) if opens else number


def _entry_size(action: int) -> int:
    return 8 if is_opening(action) else 4


def _end_of(data: bytes, offset: int) -> int:
    """Tell where the record of an action ends, by its head."""
    head = data[offset]
    count = int.from_bytes(data[offset + 1 : offset + _HEAD_SIZE])
    return offset + _HEAD_SIZE + (1 if head & RUN else count) * _entry_size(head & ~RUN)


def _sweep(agreement: int, record: bytes) -> Sweep | None:
    """Read a whole record; gives none when its count is not allowed."""
    action = record[0] & ~RUN
    count = int.from_bytes(record[1:_HEAD_SIZE])
    if not 0 < count <= COUNT_MAX:
        return None
    words = unpack(f">{(len(record) - _HEAD_SIZE) // 4}I", record[_HEAD_SIZE:])
    opens = _entry_size(action) == 8
    if not record[0] & RUN:
        return Sweep(agreement, action, *((words[::2], words[1::2]) if opens else (words, ())))
    if max(words) + count > _NUMBERS:
        return None
    numbers, *orders = (range(first, first + count) for first in words)
    return Sweep(agreement, action, numbers, orders[0] if opens else ())


def _sized(field: str, value: int, length: int) -> bytes:
    if not 0 <= value < 1 << 8 * length:
        raise _malformed(field, value, f"uint{8 * length}")
    return value.to_bytes(length)


def _malformed(field: str, value: int, solidity_type: str) -> IntentMalformed:
    return IntentMalformed(intent="Action", field=field, value=value, solidity_type=solidity_type)
