"""Intents in terms of the ledger."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Sequence
from functools import cache
from typing import Final

from sqlmodel import Session

from gateway.agreements.service import require_agreement
from gateway.answer import ProblemView
from gateway.deps import Gateway
from gateway.errors import ActionUnknown, Finding, GatewayError, IntentUnknown, RequestInvalid
from gateway.intents.schemas import SIGNED_INTENT, IntentView, SignedIntentBody
from gateway.lines import lines_of, read_line
from gateway.naming import hexadecimal, names_of, row_spelled
from gateway.problems import problem_of
from gateway.recording import WithinLines
from gateway.sight import Line, Sight
from ledger.acceptance import Accepted, Within
from ledger.catalogue import LedgerError, Refused
from ledger.errors import IntentReplayed
from ledger.identifier import parse_agreement
from ledger.intent import Intent
from ledger.lifecycle import Row
from ledger.sitting import Outcome
from ledger.view import read_view

UINT256_MAX: Final = 2**256 - 1
ID_DIGITS_MAX: Final = 18
"""Longer ones fit no column."""

Read = tuple[Intent, bytes] | Exception
"""An intent with its signature, or why a line is none."""


def read_intent(gateway: Gateway, organisation: int, id: str) -> IntentView:
    """Read an organisation's intent and what became of it.

    Raises
    ------
    IntentUnknown
        If it has none of this id.
    """
    is_number = id.isascii() and id.isdigit() and len(id) <= ID_DIGITS_MAX
    found = gateway.queries.intent(int(id)) if is_number else None
    if found is None or found.organisation != organisation:
        raise IntentUnknown(id)
    order = found.order_number if found.machine == "delivery" else None
    names = names_of(found.machine, found.agreement, found.number or 0, order)
    return IntentView.model_validate(
        {
            **names,
            "intent": id,
            "status": found.status,
            "action": found.action,
            "signer": found.signer,
            "digest": hexadecimal(found.digest),
            "transaction": hexadecimal(found.tx_hash),
            "block": found.block_number,
            "gas_used": found.gas_used,
            "problem": None if found.refusal is None else _problem(found.refusal),
        }
    )


async def submit(
    gateway: Gateway, organisation: int, body: SignedIntentBody, within: Within
) -> Accepted:
    """Hand in an intent that was signed elsewhere.

    Raises
    ------
    IntentExpired, IntentReplayed, IntentUnauthorised
        What the chain would say to it.
    """
    intent, signature = _intent(organisation, body)
    await asyncio.to_thread(require_agreement, gateway, organisation, intent.agreement)
    (is_used,) = await read_view(
        gateway.ledger.client,
        gateway.deployment.order_ledger,
        "OrderLedger.isNonceUsed",
        organisation,
        intent.nonce,
    )
    if is_used:
        raise IntentReplayed(organisation, intent.nonce)
    return await gateway.ledger.desk.record_signed(intent, signature, within)


async def read_lines(gateway: Gateway, organisation: int, body: bytes) -> list[Read]:
    """Read many signed intents, a line each."""
    lines = lines_of(body, gateway.settings.gateway.lines_max)
    return await asyncio.to_thread(lambda: [_read(organisation, line) for line in lines])


async def submit_all(
    gateway: Gateway, organisation: int, intents: Sequence[Read], within: WithinLines
) -> list[Line]:
    """Hand in many intents that were signed elsewhere; each is accepted or refused by itself.

    The chain is not asked about nonces one by one: it refuses one that was used elsewhere.
    """
    readable = [each for each in intents if not isinstance(each, Exception)]
    sight = Sight(gateway, organisation)

    def within_lines(session: Session, outcomes: list[Outcome]) -> None:
        within(session, sight.merged(intents, outcomes))

    desk = gateway.ledger.desk
    outcomes = await desk.record_all_signed(organisation, readable, within_lines)
    return await asyncio.to_thread(sight.merged, intents, outcomes)


def _read(organisation: int, line: bytes) -> Read:
    try:
        return _intent(organisation, read_line(line, SIGNED_INTENT))
    except (GatewayError, LedgerError) as refused:
        return refused


def _intent(organisation: int, body: SignedIntentBody) -> tuple[Intent, bytes]:
    intent = Intent(
        organisation=organisation,
        agreement=parse_agreement(body.agreement),
        action=_row(body.action).id,
        number=body.number,
        order=body.order,
        deadline=body.deadline,
        nonce=_nonce(body.nonce),
        document=bytes.fromhex(body.document[2:]),
        manifest=bytes.fromhex(body.manifest[2:]),
    )
    return intent, bytes.fromhex(body.signature[2:])


def _nonce(text: str) -> int:
    nonce = int(text)
    if nonce > UINT256_MAX:
        finding = Finding("/nonce", "must be less than 2 to the power of 256")
        raise RequestInvalid("The nonce is too large.", (finding,))
    return nonce


@cache
def _row(action: str) -> Row:
    with contextlib.suppress(ActionUnknown):
        return row_spelled("order", action)
    return row_spelled("delivery", action)


def _problem(refusal: Refused) -> ProblemView:
    return ProblemView.model_validate(json.loads(problem_of(refusal).body()))
