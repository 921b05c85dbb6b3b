"""What the chain said to our intents and transactions, written to the outbox.

The indexer brings the word as it takes blocks in, the relayer where no event tells it. What is
recorded stays so: somebody else may have carried it first, and ours came too late.
"""

from typing import Final

from sqlalchemy import update
from sqlmodel import Session, col, select

from ledger.clock import now_ms
from ledger.errors import IntentExpired, decode_refusal
from ledger.feed import tell
from ledger.model import ChainTransaction, PendingAction, SignedIntent
from ledger.model.sending import ACCEPTED, EXPIRED, INCLUDED, RECORDED, REFUSED, SENT, SIGNED

RETRIES_MAX: Final = 8
RETRY_BASE_MS: Final = 500


def settle(
    session: Session, digest: bytes, problems: dict[int, bytes], whole: bytes | None = None
) -> None:
    """Remember what the chain said to an intent of ours; does nothing for others' intents.

    What is recorded stays so: somebody else may have carried it first, and ours came too late.

    Parameters
    ----------
    problems : dict
        Encoded errors of refused events, by position; the others were recorded.
    whole : bytes, optional
        Encoded error, when the intent was refused as a whole.
    """
    intent = session.exec(select(SignedIntent).where(SignedIntent.digest == digest)).first()
    if intent is None or (whole is not None and intent.status not in (SENT, SIGNED)):
        return
    is_expired = whole is not None and isinstance(decode_refusal(whole), IntentExpired)
    if is_expired and intent.kind != "intent":
        # Its nonce is unused and the digest can never count again: the same is signed anew.
        intent.status = EXPIRED
        session.add(intent)
        return
    intent.status = REFUSED if whole is not None else RECORDED
    session.add(intent)
    actions = session.exec(select(PendingAction).where(PendingAction.intent_id == intent.id)).all()
    for action in actions:
        assert action.position is not None
        problem = whole if whole is not None else problems.get(action.position)
        if problem is None:
            action.status = RECORDED
            action.was_recorded = True
            action.error = action.problem = None
            session.add(action)
        else:
            refuse(session, action, problem)


def refuse(session: Session, action: PendingAction, problem: bytes) -> None:
    """Remember that the chain refused an action, and tell subscribers.

    What the chain had recorded and lost again is tried anew for a while: what it rests on may be on
    its way back through another gateway.
    """
    session.add(action)
    if action.was_recorded and action.attempts < RETRIES_MAX:
        action.status = ACCEPTED
        action.intent_id = action.position = None
        action.not_before_ms = now_ms() + (RETRY_BASE_MS << action.attempts)
        action.attempts += 1
        return
    refusal = decode_refusal(problem)
    action.status, action.error, action.problem = REFUSED, refusal.name, problem
    tell(
        session,
        "intent",
        agreement=action.agreement,
        organisation=action.organisation,
        body={"intent": action.id, "error": refusal.name, "context": refusal.context},
    )


def unsettle(session: Session, digests: list[bytes]) -> None:
    """Take back what was settled by records that the chain has lost."""
    for digest in digests:
        intent = session.exec(select(SignedIntent).where(SignedIntent.digest == digest)).first()
        if intent is None:
            continue
        intent.status = SENT
        session.add(intent)
        session.exec(
            update(PendingAction)
            .where(
                col(PendingAction.intent_id) == intent.id,
                col(PendingAction.status).in_([RECORDED, REFUSED]),
            )
            .values(status=SENT, error=None, problem=None)
        )


def is_ours(session: Session, tx_hash: bytes) -> bool:
    """Whether this gateway sent a transaction."""
    found = select(ChainTransaction.id).where(ChainTransaction.hash == tx_hash)
    return session.exec(found).first() is not None


def include(session: Session, tx_hash: bytes, block_number: int, gas_used: int | None) -> None:
    """Remember that a transaction of ours is in a block; settles its calls without signature."""
    transaction = session.exec(
        select(ChainTransaction).where(ChainTransaction.hash == tx_hash)
    ).first()
    if transaction is None:
        return
    transaction.status = INCLUDED
    transaction.block_number, transaction.gas_used = block_number, gas_used
    session.add(transaction)
    unsigned = select(SignedIntent.digest).where(
        SignedIntent.transaction_id == transaction.id, SignedIntent.signature == b""
    )
    for digest in session.exec(unsigned).all():
        settle(session, digest, {})


def is_decided(action: PendingAction) -> bool:
    """Whether the chain has spoken."""
    return action.status in (RECORDED, REFUSED)
