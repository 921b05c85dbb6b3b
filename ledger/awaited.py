"""Manifests that hosted organisations wait for: left by the indexer, brought by the courier."""

from typing import Any

from sqlmodel import Session, select

from ledger.database import insert_new
from ledger.fact import Record
from ledger.model import Agreement, Manifest, SignedIntent
from ledger.model.parcel import SEALED


def await_manifests(session: Session, records: list[Record], hosted: frozenset[int]) -> None:
    """Leave the manifests that concern hosted organisations to be fetched.

    Those of intents that were signed here are not: their documents are known.
    """
    concerned = [each for each in records if each.row["manifest"] and each.digest is not None]
    rows: list[dict[str, Any]] = []
    for record in concerned:
        if not _is_for(session, record, hosted):
            continue
        ours = select(SignedIntent.id).where(SignedIntent.digest == record.digest)
        if session.exec(ours).first() is None:
            rows.append(
                {
                    "digest": record.digest,
                    "block": record.row["manifest"],
                    "root": record.row["documents_root"] or bytes(32),
                    "positions": record.row["positions"],
                    "organisation": record.row["organisation"],
                    "status": SEALED,
                    "attempts": 0,
                    "next_attempt_ms": 0,
                }
            )
    insert_new(session, Manifest, rows)


def _is_for(session: Session, record: Record, hosted: frozenset[int]) -> bool:
    if any(fact["machine"] in ("auction", "lot") for fact in record.facts):
        # An auction's parties are not on chain: whoever the block is sealed for can open it.
        return True
    for number in {fact["agreement"] for fact in record.facts}:
        agreement = session.get(Agreement, number)
        if agreement is not None and hosted & set(agreement.seats):
            return True
    return False
