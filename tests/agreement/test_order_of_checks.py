"""Something wrong in every way, mended one by one, meets the checks in the order that is promised.

Whoever is refused knows by the error what was right: all that is checked before it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from ledger.client import Client
from ledger.embedded import EmbeddedChain
from ledger.intent import AgreementStep, Intent
from tests.agreement.failure.admission import flipped
from tests.agreement.failure.past import agreed, in_force, recorded
from tests.agreement.failure.trial import refusals_of, run_plays
from tests.agreement.stage import TERMS, Act, Stage

OTHER_TERMS = b"\x22" * 32


def first_errors(
    chain: EmbeddedChain, stage: Stage, plays: Sequence[Sequence[Act]]
) -> list[str | None]:
    async def run() -> list[str | None]:
        async with Client(chain.url) as client:
            courses = await run_plays(client, stage, plays)
        return [next((one.error for one in refusals_of(each.last)), None) for each in courses]

    return asyncio.run(run())


def admission_plays(
    stage: Stage, value: Intent | AgreementStep, past: Sequence[Act]
) -> list[list[Act]]:
    """Wrong deadline, nonce, signature and key; then with nothing of them wrong."""
    used = replace(stage.batch(by="outsider"), actions=b"")
    stranger = stage.cast.keys["stranger"]
    late = replace(value, deadline=stage.now, nonce=used.nonce)
    repeated = replace(value, nonce=used.nonce)
    bent = flipped(stage.sign(value))
    before = [*past, stage.send(used)]
    acts = [
        stage.send(late, bent),
        stage.send(repeated, bent),
        stage.send(value, bent),
        stage.send(value, stage.sign(value, stranger)),
        stage.send(value),
    ]
    return [[*before, act] for act in acts]


ADMISSION = [
    "IntentExpired",
    "IntentReplayed",
    "IntentSignatureInvalid",
    "IntentUnauthorised",
]


def test_intent_is_judged_from_its_admission_to_its_orders_state(
    stage: Stage, shared_chain: EmbeddedChain
) -> None:
    worst = replace(
        stage.intent("outsider issue 1", stage.proposal + 1), action=30, order=1, number=1
    )
    known = replace(worst, action=1)
    agreed_on = replace(known, agreement=stage.proposal)
    seated = replace(agreed_on, organisation=stage.names["buyer"])
    orderly = replace(seated, order=0)
    proposed = agreed(stage, "buyer propose")
    issued = [*in_force(stage), *recorded(stage, "buyer issue 1", agreement=stage.proposal)]
    plays = [
        *admission_plays(stage, worst, proposed),
        [*proposed, stage.send(known)],
        [*proposed, stage.send(agreed_on)],
        [*proposed, stage.send(seated)],
        [*issued, stage.send(seated)],
        [*issued, stage.send(orderly)],
        [*issued, stage.send(replace(orderly, number=2))],
    ]

    assert first_errors(shared_chain, stage, plays) == [
        *ADMISSION,
        "LedgerActionUnknown",
        "AgreementUnknown",
        "LedgerSeatMissing",
        "AgreementUnexpectedState",
        "LedgerOrderUnexpected",
        "OrderUnexpectedState",
        None,
    ]


def test_signing_is_judged_from_its_admission_to_what_was_signed_before(
    stage: Stage, shared_chain: EmbeddedChain
) -> None:
    worst = stage.step(
        "outsider sign", stage.proposal + 1, seats=stage.seated(*[None] * 5), terms=OTHER_TERMS
    )
    agreed_on = replace(worst, agreement=stage.proposal)
    seated = replace(agreed_on, organisation=stage.names["buyer"])
    repeating = replace(seated, seats=stage.seats)
    agreeing = replace(repeating, terms=TERMS)
    proposed, signed = agreed(stage, "buyer propose"), in_force(stage)
    plays = [
        *admission_plays(stage, worst, signed),
        [*signed, stage.send(agreed_on)],
        [*signed, stage.send(seated)],
        [*proposed, stage.send(seated)],
        [*proposed, stage.send(repeating)],
        [*proposed, stage.send(agreeing)],
        [*proposed, stage.send(replace(agreeing, organisation=stage.names["seller"]))],
    ]

    assert first_errors(shared_chain, stage, plays) == [
        *ADMISSION,
        "AgreementUnknown",
        "LedgerSeatMissing",
        "AgreementUnexpectedState",
        "AgreementSeatsDiffer",
        "AgreementTermsDiffer",
        "AgreementAlreadySigned",
        None,
    ]
