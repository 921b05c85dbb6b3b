"""Manifests that hosted organisations wait for: left by the indexer, brought by the courier."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlmodel import Session, col, select

from ledger.clock import now_ms
from ledger.database import portions, upsert
from ledger.fact import Record
from ledger.model import Agreement, Manifest, SignedIntent
from ledger.model.parcel import SEALED


def await_manifests(session: Session, records: list[Record], hosted: frozenset[int]) -> None:
    """Leave the manifests that concern hosted organisations to be fetched.

    Those of intents that were signed here are not: their documents are known. A manifest that was
    fetched once is fetched again when the chain lost its record and has it again: its documents may
    have been listed while the record, or its agreement, was gone, or other actions refused.
    """
    concerned = [each for each in records if each.row["manifest"] and each.digest is not None]
    if not concerned:
        return
    ours = _signed_here(session, [each.digest for each in concerned])
    numbers = {fact["agreement"] for each in concerned for fact in each.facts}
    seated = _seating(session, numbers, hosted)
    now = now_ms()
    rows: list[dict[str, Any]] = [
        {
            "digest": record.digest,
            "block": record.row["manifest"],
            "root": record.row["documents_root"] or bytes(32),
            "positions": record.row["positions"],
            "organisation": record.row["organisation"],
            "status": SEALED,
            "reason": None,
            "attempts": 0,
            "next_attempt_ms": 0,
            "awaited_ms": now,
        }
        for record in concerned
        if record.digest not in ours and _is_for(record, seated)
    ]
    upsert(session, Manifest, rows)


def _signed_here(session: Session, digests: Sequence[bytes | None]) -> set[bytes]:
    found: set[bytes] = set()
    for part in portions(digests):
        ours = select(SignedIntent.digest).where(col(SignedIntent.digest).in_(part))
        found.update(session.exec(ours).all())
    return found


def _seating(session: Session, numbers: Iterable[int | None], hosted: frozenset[int]) -> set[int]:
    """Give those agreements in which a hosted organisation has a seat."""
    found: set[int] = set()
    for part in portions([each for each in numbers if each is not None]):
        agreements = session.exec(select(Agreement).where(col(Agreement.number).in_(part)))
        found.update(each.number for each in agreements if hosted & set(each.seats))
    return found


def _is_for(record: Record, seated: set[int]) -> bool:
    # An auction's parties are not on chain: whoever the block is sealed for can open it.
    return any(
        fact["machine"] in ("auction", "lot") or fact["agreement"] in seated
        for fact in record.facts
    )
