"""Which documents a signed intent lists, and whether that is known yet."""

from sqlmodel import Session, col, select

from ledger.model.parcel import MANIFEST_WAITS, Manifest


def is_awaited(session: Session, digest: bytes) -> bool:
    """Tell whether the manifest of a signed intent has still to be fetched."""
    found = select(Manifest.digest).where(col(Manifest.digest) == digest, MANIFEST_WAITS)
    return session.exec(found).first() is not None
