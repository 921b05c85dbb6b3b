"""Intents in terms of the ledger."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Final

from sqlalchemy.exc import IntegrityError

from gateway.agreements.service import require_agreement
from gateway.answer import ProblemView
from gateway.deps import Gateway
from gateway.errors import ActionUnknown, IntentUnknown
from gateway.intents.schemas import IntentView, SignedIntentBody
from gateway.naming import hexadecimal, names_of, row_spelled
from gateway.problems import problem_of
from ledger import prediction
from ledger.acceptance import Accepted, Within
from ledger.catalogue import Refused
from ledger.database import reading
from ledger.errors import IntentExpired, IntentReplayed
from ledger.identifier import parse_agreement
from ledger.intent import Intent, digest
from ledger.key import recover
from ledger.lifecycle import Row
from ledger.role import Permission
from ledger.view import read_view

KEY_SIGNATURE_BYTES: Final = 65


def read_intent(gateway: Gateway, organisation: int, id: str) -> IntentView:
    """Read an organisation's intent and what became of it.

    Raises
    ------
    IntentUnknown
        If it has none of this id.
    """
    found = gateway.queries.intent(int(id)) if id.isascii() and id.isdigit() else None
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
    intent, signature = _read(organisation, body)
    await asyncio.to_thread(require_agreement, gateway, organisation, intent.agreement)
    await asyncio.to_thread(_require_fresh, gateway, intent, signature)
    deployment = gateway.deployment
    (is_used,) = await read_view(
        gateway.ledger.client,
        deployment.order_ledger,
        "OrderLedger.isNonceUsed",
        organisation,
        intent.nonce,
    )
    if is_used:
        raise IntentReplayed(organisation, intent.nonce)
    try:
        return await gateway.ledger.desk.record_signed(intent, signature, within)
    except IntegrityError:
        # The same intent is on its way already.
        raise IntentReplayed(organisation, intent.nonce) from None


def _read(organisation: int, body: SignedIntentBody) -> tuple[Intent, bytes]:
    intent = Intent(
        organisation=organisation,
        agreement=parse_agreement(body.agreement),
        action=_row(body.action).id,
        number=body.number,
        order=body.order,
        deadline=body.deadline,
        nonce=int(body.nonce),
        document=bytes.fromhex(body.document[2:]),
        manifest=bytes.fromhex(body.manifest[2:]),
    )
    return intent, bytes.fromhex(body.signature[2:])


def _row(action: str) -> Row:
    with contextlib.suppress(ActionUnknown):
        return row_spelled("order", action)
    return row_spelled("delivery", action)


def _require_fresh(gateway: Gateway, intent: Intent, signature: bytes) -> None:
    with reading(gateway.engine) as session:
        now = prediction.chain_time(session)
        if now >= intent.deadline:
            raise IntentExpired(intent.deadline, now)
        # Signatures of contract accounts have lengths of their own; the chain judges them.
        if len(signature) == KEY_SIGNATURE_BYTES:
            signer = recover(digest(gateway.deployment.order_domain, intent), signature)
            prediction.require_permission(session, intent.organisation, signer, Permission.RECORD)


def _problem(refusal: Refused) -> ProblemView:
    return ProblemView.model_validate(json.loads(problem_of(refusal).body()))
