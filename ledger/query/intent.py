"""What became of a wish."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, select
from sqlmodel import Session

from ledger.catalogue import Refused
from ledger.database import portions
from ledger.errors import decode_refusal
from ledger.key import recover
from ledger.model.sending import ACTIONS, RECORDED, REFUSED, SIGNATURES, TRANSACTIONS
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


_ACTION, _SIGNATURE, _TRANSACTION = ACTIONS.c, SIGNATURES.c, TRANSACTIONS.c
_COLUMNS: Final = (
    _ACTION.id,
    _ACTION.organisation,
    _ACTION.machine,
    _ACTION.action,
    _ACTION.agreement,
    _ACTION.number,
    _ACTION.order_number,
    _ACTION.commitment,
    _ACTION.status,
    _ACTION.accepted_ms,
    _ACTION.attempts,
    _ACTION.problem,
    _ACTION.position,
    _SIGNATURE.digest,
    _SIGNATURE.signature,
    _TRANSACTION.hash,
    _TRANSACTION.sender,
    _TRANSACTION.block_number,
    _TRANSACTION.gas_used,
)


def intent(session: Session, number: int) -> IntentView | None:
    """Read one wish."""
    views = _read(session, _ACTION.id == number)
    return views[0] if views else None


def intents(session: Session, numbers: Sequence[int]) -> list[IntentView]:
    """Read many wishes."""
    return _read_all(session, numbers)


def decided(session: Session, numbers: Sequence[int]) -> list[IntentView]:
    """Read those of some wishes about which the chain has spoken."""
    return _read_all(session, numbers, _ACTION.status.in_([RECORDED, REFUSED]))


def _read_all(
    session: Session, numbers: Sequence[int], *conditions: ColumnElement[bool]
) -> list[IntentView]:
    views = []
    for part in portions(numbers):
        views += _read(session, _ACTION.id.in_(part), *conditions)
    return views


def _read(session: Session, *conditions: ColumnElement[bool]) -> list[IntentView]:
    signed = ACTIONS.outerjoin(SIGNATURES, _SIGNATURE.id == _ACTION.intent_id)
    sent = signed.outerjoin(TRANSACTIONS, _TRANSACTION.id == _SIGNATURE.transaction_id)
    found = select(*_COLUMNS).select_from(sent).where(*conditions)
    return [_view(row) for row in session.connection().execute(found)]


def _view(row: Row[*tuple[Any, ...]]) -> IntentView:
    return IntentView(
        id=row.id,
        organisation=row.organisation,
        machine=row.machine,
        action=row.action,
        agreement=row.agreement,
        number=row.number,
        order_number=row.order_number,
        commitment=row.commitment,
        status=row.status,
        is_decided=is_decided(row.status),
        accepted_ms=row.accepted_ms,
        attempts=row.attempts,
        refusal=None if row.problem is None else decode_refusal(row.problem),
        signer=row.sender if row.signature == b"" else _signer(row.digest, row.signature),
        digest=row.digest if row.signature else None,
        position=row.position,
        tx_hash=row.hash,
        block_number=row.block_number,
        gas_used=row.gas_used,
    )


@lru_cache(maxsize=1024)
def _signer(digest: bytes | None, signature: bytes | None) -> str | None:
    """Tell who signed; all wishes of a batch have one signature."""
    if digest is None or signature is None or len(signature) != 65:
        return None
    return recover(digest, signature)
