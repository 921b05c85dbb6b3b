"""API keys: how a system proves for which organisation it speaks."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import Final

from sqlmodel import Session, col, select

from gateway.errors import ApiKeyUnknown, AuthenticationMissing
from gateway.models import ApiKey

KEY_PREFIX: Final = "consign_"
"""Begins every key, so that a key that strays into a log or a repository can be recognised."""

_SCHEME: Final = "bearer"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: an organisation hosted here, through one of its API keys."""

    organisation: int
    key: int


def create_api_key(session: Session, organisation: int, label: str) -> str:
    """Make an API key for an organisation.

    Returns
    -------
    str
        The key. It is shown this once; only its digest is kept.
    """
    key = KEY_PREFIX + secrets.token_urlsafe(32)
    session.add(
        ApiKey(
            digest=_digest(key),
            organisation=organisation,
            label=label,
            created_at=int(time.time()),
        )
    )
    session.flush()
    return key


def revoke_api_keys(session: Session, organisation: int, label: str) -> int:
    """Revoke an organisation's keys of a label; return how many there were."""
    keys = session.exec(
        select(ApiKey).where(
            ApiKey.organisation == organisation,
            ApiKey.label == label,
            col(ApiKey.revoked_at).is_(None),
        )
    ).all()
    for key in keys:
        key.revoked_at = int(time.time())
        session.add(key)
    session.flush()
    return len(keys)


def authenticate(session: Session, authorization: str | None, hosted: frozenset[int]) -> Caller:
    """Tell who sends a request.

    Parameters
    ----------
    authorization : str, optional
        The `Authorization` header.
    hosted : frozenset of int
        Organisations that this gateway hosts now.

    Raises
    ------
    AuthenticationMissing
        If there is no bearer token.
    ApiKeyUnknown
        If the token is no live key of a hosted organisation.
    """
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != _SCHEME or not token:
        raise AuthenticationMissing
    # The key is looked up by its digest, so response times tell nothing about keys.
    key = session.exec(select(ApiKey).where(ApiKey.digest == _digest(token.strip()))).first()
    if key is None or key.revoked_at is not None or key.organisation not in hosted:
        raise ApiKeyUnknown
    assert key.id is not None
    return Caller(organisation=key.organisation, key=key.id)


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
