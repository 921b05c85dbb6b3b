"""What members want recorded: whole lives of orders, many at a time.

Orders are numbered on end. The seller answers most orders of a thousand at once and the rest in a
second call, so that what reaches the ledger is runs as well as lists.
"""

import itertools
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from benchmarks.runtime.ear import Key
from gateway.client import Desk
from ledger.identifier import parse_agreement
from ledger.intent import Domain, Intent, digest
from ledger.key import SigningKey
from ledger.lifecycle import row_named

STEPS: tuple[tuple[str, str, str], ...] = (
    ("buyer", "order", "issue"),
    ("seller", "order", "acknowledge"),
    ("seller", "order", "confirm"),
    ("seller", "delivery", "despatch"),
    ("buyer", "delivery", "receive"),
    ("buyer", "delivery", "pass"),
    ("seller", "delivery", "settle"),
    ("buyer", "order", "fulfil"),
    ("seller", "order", "close"),
)
"""The life of an order with one delivery: who does what."""

OPENING = "despatch"
MACHINE_OF = {action: machine for _, machine, action in STEPS}
FAR_FUTURE_S = 1 << 40
SPOILED_FROM = 4_000_000_000


@dataclass(frozen=True)
class Call:
    """One HTTP call with many actions, and the facts that will be heard of it.

    Parameters
    ----------
    poisoned : int
        Lines of it that the ledger will refuse.
    """

    desk: Desk
    path: str
    body: bytes
    keys: list[Key]
    poisoned: int = 0


Facts = Iterator[Call]


@dataclass(frozen=True)
class Stream:
    """Orders of one agreement, one thousand after another."""

    agreement: str
    parties: dict[str, Desk]
    per_call: int


Line = Callable[[Desk, str, str, int], str]
"""Writes one line: of which desk, in which agreement, which action on which number."""


def organised(stream: Stream, seed: int) -> Facts:
    """Give calls whose actions the organisation's gateway signs in batches; commitments given."""
    chance = random.Random(seed)

    def line(_: Desk, agreement: str, action: str, number: int) -> str:
        order = f',"order":{number}' if action == OPENING else ""
        return (
            f'{{"agreement":"{agreement}","action":"{action}","number":{number}{order},'
            f'"commitment":"0x{chance.getrandbits(256) or 1:064x}"}}'
        )

    return _lives(stream, "/v1/actions", line, chance)


def individual(
    stream: Stream, seed: int, keys: dict[int, SigningKey], domain: Domain, poison: float = 0.0
) -> Facts:
    """Give calls whose every action its organisation signed itself.

    Parameters
    ----------
    keys : dict
        Signing keys by organisation.
    poison : float
        Share of lines, beyond those that are to be recorded, that the ledger will refuse although
        no gateway can know: each names a nonce that another line has used.
    """
    chance = random.Random(seed)
    signer = _Signer(parse_agreement(stream.agreement), keys, domain, chance)
    calls = _lives(stream, "/v1/intents", signer.line, chance)
    return calls if poison == 0 else _poisoned(stream, calls, signer, poison)


@dataclass
class _Signer:
    """Signs what organisations want recorded, each with a key of its own."""

    agreement: int
    keys: dict[int, SigningKey]
    domain: Domain
    chance: random.Random

    def __post_init__(self) -> None:
        self._nonces = itertools.count(self.chance.getrandbits(248) << 8)
        self._spoiled = itertools.count(SPOILED_FROM)
        self._used = 0

    def line(self, desk: Desk, agreement: str, action: str, number: int) -> str:
        """Write an intent."""
        self._used = next(self._nonces)
        return self._written(desk, agreement, action, number, self._used)

    def spoiled(self, desk: Desk, agreement: str) -> str:
        """Write an order whose nonce another intent has used."""
        return self._written(desk, agreement, "issue", next(self._spoiled), self._used)

    def _written(self, desk: Desk, agreement: str, action: str, number: int, nonce: int) -> str:
        intent = Intent(
            organisation=desk.organisation,
            agreement=self.agreement,
            action=row_named(MACHINE_OF[action], action).id,
            number=number,
            order=number if action == OPENING else 0,
            document=self.chance.randbytes(32),
            manifest=bytes(32),
            deadline=FAR_FUTURE_S,
            nonce=nonce,
        )
        signature = self.keys[desk.organisation].sign(digest(self.domain, intent))
        return json.dumps(
            {
                "agreement": agreement,
                "action": action,
                "number": number,
                "order": intent.order,
                "deadline": intent.deadline,
                "nonce": str(nonce),
                "document": "0x" + intent.document.hex(),
                "signature": "0x" + signature.hex(),
            }
        )


def _poisoned(stream: Stream, calls: Facts, signer: _Signer, poison: float) -> Facts:
    """Add orders that will be refused to the buyer's calls."""
    buyer, owed = stream.parties["buyer"], 0.0
    for call in calls:
        owed += poison * len(call.keys)
        count = int(owed) if call.desk is buyer else 0
        owed -= count
        lines = [signer.spoiled(buyer, stream.agreement) + "\n" for _ in range(count)]
        yield replace(call, body=call.body + "".join(lines).encode(), poisoned=count)


def _lives(stream: Stream, path: str, line: Line, chance: random.Random) -> Facts:
    for first in itertools.count(1, stream.per_call):
        numbers = range(first, first + stream.per_call)
        for party, machine, action in STEPS:
            desk = stream.parties[party]
            for part in _parts(numbers, party, chance):
                lines = [line(desk, stream.agreement, action, number) + "\n" for number in part]
                letter = "D" if machine == "delivery" else "O"
                keys = [(f"{stream.agreement}-{letter}{number}", action) for number in part]
                yield Call(desk, path, "".join(lines).encode(), keys)


def _parts(numbers: range, party: str, chance: random.Random) -> list[list[int]]:
    if party == "buyer" or len(numbers) < 16:
        return [list(numbers)]
    late = set(chance.sample(numbers, len(numbers) // 8))
    return [[n for n in numbers if n not in late], sorted(late)]
