"""Streams of batches: lists, runs, changes of agreement, and tails that cannot be read."""

import random
from collections.abc import Sequence

from tests.oracles.ledger.table import is_opening
from tests.simulation.ledger.wish import Wish, Wisher

RUN_LENGTHS = (1, 2, 2, 3, 5, 8, 17, 64, 65, 130)
LONGEST = 2048


def stream(wisher: Wisher, organisation: int, agreements: Sequence[int], now: int) -> bytes:
    """Make up what a member might want in some agreements."""
    rng = wisher.rng
    made = b""
    current = None
    for _ in range(rng.choice((1, 2, 3, 5, 7))):
        agreement = rng.choice(agreements)
        likely = wisher.likely(organisation, agreement, now)
        is_wild = rng.random() < 0.12
        if likely is None and not is_wild and rng.random() < 0.8:
            continue
        if agreement != current or rng.random() < 0.1:
            made += b"\0" + agreement.to_bytes(8)
            current = agreement
        if likely is None or is_wild:
            wishes = [wisher.wild(agreement) for _ in range(rng.randrange(1, 4))]
            made += record(rng, wishes[0][0], wishes)
            continue
        action, allowed = likely
        wishes = rng.sample(allowed, min(len(allowed), rng.choice((1, 1, 2, 3, 5, 8))))
        wisher.remember(agreement, wishes)
        if rng.random() < 0.1:
            wishes.append(wisher.wild(agreement))
        made += record(rng, action, wishes)
    if rng.random() < 0.06:
        made += tail(rng)
    if made and rng.random() < 0.02:
        made = made[: rng.randrange(len(made))] if rng.random() < 0.5 else made[rng.randrange(9) :]
    return made


def record(rng: random.Random, action: int, wishes: Sequence[Wish]) -> bytes:
    """Write one record, as a list or as a run from the first number on."""
    if rng.random() < 0.25:
        length = LONGEST if rng.random() < 0.004 else rng.choice(RUN_LENGTHS)
        _, number, order = wishes[0]
        if rng.random() < 0.95:
            length = max(1, min(length, 2**32 - number, 2**32 - order))
        return bytes([action + 128]) + length.to_bytes(2) + entry(action, number, order)
    entries = [entry(action, number, order) for _, number, order in wishes]
    return bytes([action]) + len(entries).to_bytes(2) + b"".join(entries)


def entry(action: int, number: int, order: int) -> bytes:
    """Write one number, with its order where the action opens a delivery."""
    return number.to_bytes(4) + (order.to_bytes(4) if is_opening(action) else b"")


def tail(rng: random.Random) -> bytes:
    """Write something that cannot be read, or hardly."""
    last = (2**32 - 1).to_bytes(4)
    return rng.choice(
        [
            b"\0" + rng.randbytes(rng.randrange(8)),
            b"\1\0\0" + rng.randbytes(4),
            b"\1\0\2" + rng.randbytes(7),
            b"\x81\0\1" + rng.randbytes(3),
            b"\x81\0\2" + last,
            b"\x83\0\0" + last,
            b"\x83\x08\1" + bytes(4),
            b"\1\x08\1" + bytes(4 * 2049),
            b"\xa0\0\2" + last + bytes(4),
            b"\xa0\0\2" + bytes(4) + last,
            b"\xa0\0\1" + last + bytes(3),
            b"\xa2\0\1" + last + last,
            b"\x22\0\1" + bytes(7),
            b"\x1f\0\1" + bytes(4),
            b"\xff\x08\0" + bytes(4),
            b"\x9f\0\3" + last,
            b"\x80\0\1" + bytes(4),
            rng.randbytes(rng.randrange(1, 30)),
        ]
    )
