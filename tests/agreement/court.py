"""Puts attempts before the real order ledger: things in every state, and one action on each."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from ledger.action import Action, agreement_record, list_record, run_record
from ledger.block import Receipt
from ledger.client import Client
from ledger.contracts import encode_submit, encode_submit_intents
from ledger.errors import decode_refusal
from ledger.event import ActionRefused, BatchRecorded, IntentRecorded, IntentRefused
from ledger.intent import ZERO, Batch, Intent, digest
from ledger.log import decode_logs
from tests.chain import FAR_FUTURE_S, Network, found
from tests.oracles.actions import OPENING
from tests.oracles.lifecycle import SEATS, Verdict
from tests.storage import get_words, packed, set_words, slot_of

BATCH_SIZE = 1500
INTENTS_SIZE = 900
ALLOWED = Verdict()
"""The ledger refused nothing; storage tells where the thing went."""


@dataclass(frozen=True)
class Attempt:
    """One action of one seat on one thing, which nothing else touches.

    `linked` is the order a delivery belongs to, `named` the one that the action names.
    """

    seat: str | None
    action: int
    number: int
    state: int
    linked: int = 0
    named: int = 0


class Court:
    """A network with an organisation in each seat of one agreement, and one in none."""

    def __init__(self, network: Network, agreement: int, organisations: list[int]) -> None:
        self.network = network
        self.agreement = agreement
        self.organisations = dict(zip([*SEATS, None], organisations, strict=True))
        self.ledger = network.deployment.order_ledger

    async def lay(self, label: str, values: dict[int, int], bits: int) -> None:
        """Put values into the ledger's packed storage."""
        await set_words(self.network.client, self.ledger, self.words(label, values, bits))

    async def read(self, slots: Sequence[int]) -> dict[int, int]:
        """Read slots of the ledger."""
        return await get_words(self.network.client, self.ledger, slots)

    def words(self, label: str, values: dict[int, int], bits: int) -> dict[int, int]:
        """Give the slots, with their words, in which the ledger keeps these values."""
        keyed = packed(self.agreement, values, bits)
        return {slot_of("OrderLedger", label, key): word for key, word in keyed.items()}

    async def by_batches(
        self, attempts: Sequence[Attempt], records: "Records"
    ) -> dict[Attempt, Verdict]:
        """Make attempts in organisation-signed batches, packed in some way."""
        verdicts: dict[Attempt, Verdict] = {}
        for seat, part in self._parts(attempts, BATCH_SIZE):
            actions = [self._action(one) for one in part]
            stream = agreement_record(self.agreement) + b"".join(records(actions))
            refused = await self._submit(seat, stream)
            verdicts |= {one: refused.get(at, ALLOWED) for at, one in enumerate(part)}
        return verdicts

    async def by_intents(self, attempts: Sequence[Attempt]) -> dict[Attempt, Verdict]:
        """Make attempts in individually signed intents."""
        verdicts: dict[Attempt, Verdict] = {}
        for seat, part in self._parts(attempts, INTENTS_SIZE):
            intents = [self._intent(seat, one) for one in part]
            data = encode_submit_intents(intents, [self.network.sign(one) for one in intents])
            receipt = await self.network.send(self.network.council, self.ledger, data)
            told = _told(receipt)
            domain = self.network.deployment.order_domain
            verdicts |= {
                one: told[digest(domain, intent)] for one, intent in zip(part, intents, strict=True)
            }
        return verdicts

    def _parts(
        self, attempts: Sequence[Attempt], size: int
    ) -> list[tuple[str | None, Sequence[Attempt]]]:
        parts: list[tuple[str | None, Sequence[Attempt]]] = []
        for seat in self.organisations:
            own = [one for one in attempts if one.seat == seat]
            parts += [(seat, own[start : start + size]) for start in range(0, len(own), size)]
        return parts

    async def _submit(self, seat: str | None, actions: bytes) -> dict[int, Verdict]:
        organisation = self.organisations[seat]
        batch = Batch(organisation, FAR_FUTURE_S, self.network.nonce(), ZERO, ZERO, actions)
        data = encode_submit([batch], [self.network.sign(batch)])
        receipt = await self.network.send(self.network.council, self.ledger, data)
        assert receipt.is_success
        *refused, recorded = decode_logs(receipt.logs)
        assert isinstance(recorded, BatchRecorded)
        assert recorded.actions == actions
        verdicts: dict[int, Verdict] = {}
        for event in refused:
            assert isinstance(event, ActionRefused)
            verdicts |= {
                event.position + place: _counted_on(_verdict(event.problem), place)
                for place in range(event.count)
            }
        return verdicts

    def _action(self, one: Attempt) -> Action:
        return Action(self.agreement, one.action, one.number, one.named)

    def _intent(self, seat: str | None, one: Attempt) -> Intent:
        return Intent(
            organisation=self.organisations[seat],
            agreement=self.agreement,
            action=one.action,
            number=one.number,
            order=one.named,
            deadline=FAR_FUTURE_S,
            nonce=self.network.nonce(),
        )


Records = Callable[[Sequence[Action]], Iterable[bytes]]
"""Packs the actions of one agreement into records."""


def as_lists(actions: Sequence[Action]) -> Iterable[bytes]:
    """Pack each stretch of one action as one list, whatever its numbers."""
    return (list_record(list(alike)) for _, alike in groupby(actions, lambda each: each.action))


def as_runs(actions: Sequence[Action]) -> Iterable[bytes]:
    """Pack as runs, however short they are."""
    start = 0
    for end in range(1, len(actions) + 1):
        first, count = actions[start], end - start
        opens = first.action in OPENING
        following = first._replace(
            number=first.number + count, order=first.order + count if opens else 0
        )
        if end == len(actions) or actions[end] != following:
            yield run_record(first, count)
            start = end


async def convene(client: Client) -> Court:
    """Open a court on a chain."""
    network = await found(client)
    organisations = [await network.admit() for _ in [*SEATS, None]]
    agreement = await network.agreement(organisations[: len(SEATS)])
    return Court(network, agreement, organisations)


def _counted_on(verdict: Verdict, place: int) -> Verdict:
    """The verdict on a number behind the first of a refused stretch."""
    if place and verdict.error == "OrderUnexpectedState":
        agreement, number, *others = verdict.arguments
        return Verdict(error=verdict.error, arguments=(agreement, number + place, *others))
    return verdict


def _told(receipt: Receipt) -> dict[bytes, Verdict]:
    assert receipt.is_success
    verdicts: dict[bytes, Verdict] = {}
    for event in decode_logs(receipt.logs):
        assert isinstance(event, IntentRecorded | IntentRefused)
        verdicts[event.intent] = (
            _verdict(event.problem) if isinstance(event, IntentRefused) else ALLOWED
        )
    return verdicts


def _verdict(problem: bytes) -> Verdict:
    refusal = decode_refusal(problem)
    return Verdict(error=refusal.name, arguments=tuple(refusal.arguments.values()))
