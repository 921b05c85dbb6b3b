"""What the contracts write into logs, word by word, as Solidity spells it."""

from functools import cache
from typing import Final

from ledger.catalogue import catalogue
from ledger.event import (
    ActionRefused,
    AgreementProposed,
    AgreementStepped,
    BatchRecorded,
    Event,
    IntentRecorded,
    IntentRefused,
)
from ledger.intent import AgreementStep
from ledger.log import shape_of

WORD: Final = 32

Told = tuple[tuple[bytes, ...], bytes]
"""A log without its address: topics, and data."""


def words(*values: int) -> bytes:
    """Spell numbers as words."""
    return b"".join([value.to_bytes(WORD) for value in values])


def problem(name: str, *arguments: int) -> bytes:
    """Encode an error of the contracts; all of its arguments are single words."""
    return _selector(name) + words(*arguments)


def topic_of(kind: type[Event]) -> bytes:
    """Give the first topic of an event's logs."""
    return shape_of(kind).topic


TOPICS: Final = {
    kind: topic_of(kind)
    for kind in (
        ActionRefused,
        AgreementProposed,
        AgreementStepped,
        BatchRecorded,
        IntentRecorded,
        IntentRefused,
    )
}
_NAMES: Final = {topic: kind.__name__ for kind, topic in TOPICS.items()}


def action_refused(batch: bytes, position: int, count: int, why: bytes) -> Told:
    """Tell that events of a batch were refused."""
    return (TOPICS[ActionRefused], batch), words(position, count, 3 * WORD) + _tail(why)


def batch_recorded(organisation: int, batch: bytes, roots: bytes, actions: bytes) -> Told:
    """Tell that a batch was recorded; `roots` are documents root and manifest."""
    topics = (TOPICS[BatchRecorded], words(organisation), batch)
    return topics, roots + words(3 * WORD) + _tail(actions)


def intent_refused(organisation: int, digest: bytes, why: bytes) -> Told:
    """Tell that a whole batch or intent was refused."""
    topics = (TOPICS[IntentRefused], words(organisation), digest)
    return topics, words(WORD) + _tail(why)


def intent_recorded(organisation: int, digest: bytes, step: int, roots: bytes) -> Told:
    """Tell that an individually signed intent was recorded; `roots` as for a batch."""
    topics = (TOPICS[IntentRecorded], words(organisation), digest)
    return topics, words(step) + roots


def agreement_proposed(agreement: int, seats: tuple[int, ...], notice_days: int) -> Told:
    """Tell that an agreement was proposed."""
    return (TOPICS[AgreementProposed], words(agreement)), words(*seats, notice_days)


def agreement_stepped(
    step: AgreementStep, state: int, unsigned: int, ends_at: int, digest: bytes
) -> Told:
    """Tell that a step was taken, and where the agreement stands after it."""
    topics = (TOPICS[AgreementStepped], words(step.agreement), words(step.organisation))
    data = words(step.action, state, unsigned, ends_at)
    return topics, data + step.terms + step.manifest + digest


def name_of(topics: tuple[bytes, ...]) -> str:
    """Name the event of a log."""
    return _NAMES.get(topics[0] if topics else b"", "no event of ours")


def _tail(data: bytes) -> bytes:
    return len(data).to_bytes(WORD) + data + bytes(-len(data) % WORD)


@cache
def _selector(name: str) -> bytes:
    return catalogue()[name].selector
