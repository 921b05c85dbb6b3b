"""Actions of a batch, packed as IOrderLedger draws it.

::

    00 | agreement (8)                           the actions that follow are in this agreement
    aa | number (4)                              action aa (1-0x7f) on one order or delivery
    aa+80 | number (4) | count (2)               the same on `count` consecutive numbers
    aa | number (4) | order (4)                  an action that opens a delivery names its order
    aa+80 | number (4) | count (2) | order (4)   in a run, delivery number+i belongs to order+i
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from ledger.errors import ActionsMalformed, IntentMalformed
from ledger.lifecycle import is_opening

RUN: Final = 0x80
_COUNT_MAX: Final = 0xFFFF
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
    """Pack actions in their order; consecutive numbers under one action become runs.

    Raises
    ------
    IntentMalformed
        When a field does not fit, or an order is named where none belongs.
    """
    packed = bytearray()
    agreement = None
    for first, count in _runs(actions):
        if first.agreement != agreement:
            agreement = first.agreement
            packed += b"\0" + _sized("agreement", agreement, 8)
        packed += _record(first, count)
    return bytes(packed)


def unpack_actions(data: bytes) -> list[Action]:
    """Unpack actions; the index of each is its position in the batch.

    Raises
    ------
    ActionsMalformed
        When the stream cannot be read to its end; carries the offset, and the actions before it.
    """
    actions: list[Action] = []
    agreement = 0
    offset = 0
    while offset < len(data):
        head = data[offset]
        if head == 0:
            end = offset + 9
            if end > len(data):
                raise ActionsMalformed(offset, actions)
            agreement = int.from_bytes(data[offset + 1 : end])
        else:
            action = head & ~RUN
            opens = is_opening(action)
            end = offset + (7 if head & RUN else 5) + (4 if opens else 0)
            if end > len(data):
                raise ActionsMalformed(offset, actions)
            number = int.from_bytes(data[offset + 1 : offset + 5])
            count = int.from_bytes(data[offset + 5 : offset + 7]) if head & RUN else 1
            order = int.from_bytes(data[end - 4 : end]) if opens else 0
            if count == 0 or max(number, order) + count > _NUMBERS:
                raise ActionsMalformed(offset, actions)
            step = 1 if opens else 0
            actions += [
                Action(agreement, action, number + i, order + i * step) for i in range(count)
            ]
        offset = end
    return actions


def _runs(actions: Sequence[Action]) -> Iterator[tuple[Action, int]]:
    """Join what follows on: the same action on the next number (and the next order)."""
    start = 0
    while start < len(actions):
        first = actions[start]
        step = 1 if is_opening(first.action) else 0
        count = 1
        while (
            count < _COUNT_MAX
            and start + count < len(actions)
            and actions[start + count]
            == (first.agreement, first.action, first.number + count, first.order + count * step)
        ):
            count += 1
        yield first, count
        start += count


def _record(first: Action, count: int) -> bytes:
    if not 0 < first.action < RUN:
        raise _malformed("action", first.action, "from 1 to 127")
    opens = is_opening(first.action)
    if first.order and not opens:
        raise _malformed("order", first.order, "zero, as the action opens no delivery")
    number = _sized("number", first.number, 4)
    order = _sized("order", first.order, 4) if opens else b""
    if count == 1:
        return bytes([first.action]) + number + order
    return bytes([first.action | RUN]) + number + count.to_bytes(2) + order


def _sized(field: str, value: int, length: int) -> bytes:
    if not 0 <= value < 1 << 8 * length:
        raise _malformed(field, value, f"uint{8 * length}")
    return value.to_bytes(length)


def _malformed(field: str, value: int, solidity_type: str) -> IntentMalformed:
    return IntentMalformed(intent="Action", field=field, value=value, solidity_type=solidity_type)
