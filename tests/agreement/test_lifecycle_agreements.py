"""The contract and the lifecycle table agree on agreements: every state, step and organisation.

Each step is played through on the real contract by itself, on an agreement that stands as wanted.
"""

from dataclasses import replace
from typing import Any

import pytest

from ledger.client import Client
from ledger.contracts import encode_agree
from ledger.embedded import EmbeddedChain
from ledger.errors import Refused
from ledger.event import AgreementStepped, Event
from ledger.intent import ZERO, AgreementStep
from ledger.number import agreement_number
from tests.agreement.court import Court, convene
from tests.chain import FAR_FUTURE_S, with_client
from tests.oracles.lifecycle import AGREEMENT_STATES, SEATS, Standing, Verdict, agreement_verdict
from tests.rehearsal import Rehearsal, rehearse
from tests.storage import slot_of

TERMS = b"\x21" * 32
OTHER_TERMS = b"\x22" * 32
EVERYBODY = 0b11111
ENDS_AT = 2_000_000_000
ACTIONS = range(10)
"""Those of the table, and one on either side."""

Step = tuple[Standing, int, int | None]


def steps(number: int) -> list[Step]:
    """Every state x step x organisation, with who has yet to sign and whether notice was given."""
    return [
        (Standing(number, state, unsigned if state else 0, ends_at if state else 0), action, seat)
        for state in range(len(AGREEMENT_STATES))
        for action in ACTIONS
        for seat in [*range(len(SEATS)), None]
        for unsigned in unsigned_around(seat)
        for ends_at in (0, ENDS_AT)
    ]


def unsigned_around(seat: int | None) -> list[int]:
    """Everybody, the others only, oneself only."""
    own = 0 if seat is None else 1 << seat
    return [EVERYBODY, EVERYBODY & ~own, own]


def rehearsal(court: Court, step: Step, terms: bytes = TERMS, **otherwise: Any) -> Rehearsal:
    """Rehearse a step that repeats seats and notice, or says otherwise."""
    agreement, action, seat = step
    organisation = organisation_in(court, seat)
    seats = [court.organisations[name] for name in SEATS]
    signed = AgreementStep(
        organisation=organisation,
        agreement=agreement.number,
        action=action,
        seats=(seats[0], seats[1], seats[2], seats[3], seats[4]),
        notice_days=30,
        terms=terms,
        manifest=ZERO,
        deadline=FAR_FUTURE_S,
        nonce=1 << 200,
    )
    sender = court.network.keys[organisation].address
    data = encode_agree(replace(signed, **otherwise), b"")
    return Rehearsal(sender, court.ledger, data, laid(agreement, seats))


def laid(agreement: Standing, seats: list[int]) -> dict[int, int]:
    """Give the slots of an agreement; see Agreements.Stored."""
    if agreement.state == 0:
        return {}
    fields = [*((seat, 32) for seat in seats), (agreement.state, 8), (agreement.unsigned, 8)]
    word, place = 0, 0
    for value, bits in [*fields, (30, 16), (agreement.ends_at, 40)]:
        word, place = word + value * 2**place, place + bits
    slot = slot_of("OrderLedger", "_book.agreements", agreement.number)
    terms = int.from_bytes(TERMS)
    return {slot: word, slot + 1: terms, slot + 2: terms}


def organisation_in(court: Court, seat: int | None) -> int:
    return court.organisations[None if seat is None else SEATS[seat]]


def verdict_of(outcome: list[Event] | Refused) -> Verdict:
    if isinstance(outcome, Refused):
        return Verdict(error=outcome.name, arguments=tuple(outcome.arguments.values()))
    stepped = outcome[-1]
    assert isinstance(stepped, AgreementStepped)
    return Verdict(to=stepped.state, arguments=(stepped.unsigned,))


def test_contract_takes_exactly_the_agreement_steps_of_the_table(
    bent_chain: EmbeddedChain,
) -> None:
    async def trial(client: Client) -> None:
        court = await convene(client)
        number = agreement_number(organisation_in(court, 0), 999)
        tried = steps(number)
        outcomes = await rehearse(client, [rehearsal(court, step) for step in tried])

        seen = {step: verdict_of(one) for step, one in zip(tried, outcomes, strict=True)}
        assert seen == {
            (agreement, action, seat): agreement_verdict(
                agreement, action, seat, organisation_in(court, seat)
            )
            for agreement, action, seat in tried
        }
        assert len({verdict.error for verdict in seen.values()}) == 8

    with_client(bent_chain, trial)


@pytest.mark.parametrize("state", ["Proposed", "Amending"])
def test_seats_or_notice_other_than_those_proposed_cannot_be_signed(
    bent_chain: EmbeddedChain, state: str
) -> None:
    async def trial(client: Client) -> None:
        court = await convene(client)
        number = agreement_number(organisation_in(court, 0), 999)
        agreement = Standing(number, AGREEMENT_STATES.index(state), EVERYBODY, 0)
        seats = tuple(court.organisations[name] for name in SEATS)
        others: list[dict[str, Any]] = [
            {"seats": (*seats[:i], other, *seats[i + 1 :])}
            for i in range(len(seats))
            for other in (0, court.organisations[None], seats[i - 1])
        ]
        others += [{"notice_days": days} for days in (0, 29, 31)]
        outcomes = await rehearse(
            client, [rehearsal(court, (agreement, 2, 1), **other) for other in others]
        )

        expected = Verdict(error="AgreementSeatsDiffer", arguments=(number,))
        assert [verdict_of(outcome) for outcome in outcomes] == [expected] * len(others)

    with_client(bent_chain, trial)


@pytest.mark.parametrize("state", ["Proposed", "Amending"])
def test_terms_other_than_those_on_the_table_cannot_be_signed(
    bent_chain: EmbeddedChain, state: str
) -> None:
    async def trial(client: Client) -> None:
        court = await convene(client)
        number = agreement_number(organisation_in(court, 0), 999)
        agreement = Standing(number, AGREEMENT_STATES.index(state), EVERYBODY, 0)
        (outcome,) = await rehearse(client, [rehearsal(court, (agreement, 2, 1), OTHER_TERMS)])

        arguments = (number, TERMS, OTHER_TERMS)
        assert verdict_of(outcome) == Verdict(error="AgreementTermsDiffer", arguments=arguments)

    with_client(bent_chain, trial)
