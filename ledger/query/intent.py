"""What became of a wish."""

from dataclasses import dataclass

from sqlmodel import Session

from ledger.catalogue import Refused
from ledger.errors import decode_refusal
from ledger.key import recover
from ledger.model import ChainTransaction, PendingAction, SignedIntent
from ledger.settlement import is_decided


@dataclass(frozen=True, slots=True)
class IntentView:
    """A wish and what became of it.

    Parameters
    ----------
    status : str
        ``accepted``, ``sent``, ``recorded`` or ``refused``.
    attempts : int
        How often it was tried anew after the chain had lost it.
    refusal : Refused, optional
        What the chain said, when it refused.
    signer, digest : str, bytes, optional
        Who signed, and what; absent until it is signed. What needs no signature has no digest, and
        its signer is whoever signed the transaction.
    gas_used : int, optional
        Of the whole transaction.
    """

    id: int
    organisation: int
    machine: str
    action: str
    agreement: int | None
    number: int | None
    order_number: int | None
    commitment: bytes | None
    status: str
    is_decided: bool
    accepted_ms: int
    attempts: int
    refusal: Refused | None
    signer: str | None
    digest: bytes | None
    position: int | None
    tx_hash: bytes | None
    block_number: int | None
    gas_used: int | None


def intent(session: Session, number: int) -> IntentView | None:
    """Read one wish."""
    action = session.get(PendingAction, number)
    if action is None or action.id is None:
        return None
    signed = session.get(SignedIntent, action.intent_id) if action.intent_id else None
    has_transaction = signed is not None and signed.transaction_id is not None
    transaction = (
        session.get(ChainTransaction, signed.transaction_id) if signed and has_transaction else None
    )
    return IntentView(
        id=action.id,
        organisation=action.organisation,
        machine=action.machine,
        action=action.action,
        agreement=action.agreement,
        number=action.number,
        order_number=action.order_number,
        commitment=action.commitment,
        status=action.status,
        is_decided=is_decided(action),
        accepted_ms=action.accepted_ms,
        attempts=action.attempts,
        refusal=None if action.problem is None else decode_refusal(action.problem),
        signer=_signer(signed, transaction),
        digest=signed.digest if signed and signed.signature else None,
        position=action.position,
        tx_hash=transaction.hash if transaction else None,
        block_number=transaction.block_number if transaction else None,
        gas_used=transaction.gas_used if transaction else None,
    )


def _signer(signed: SignedIntent | None, transaction: ChainTransaction | None) -> str | None:
    if signed is None:
        return None
    if not signed.signature:
        return transaction.sender if transaction else None
    return recover(signed.digest, signed.signature) if len(signed.signature) == 65 else None
