"""API keys: how a system proves for which organisation it speaks."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from gateway.errors import ApiKeyUnknown, AuthenticationMissing
from gateway.models import ApiKey
from ledger.database import in_thread, reading

KEY_PREFIX: Final = "consign_"
"""Begins every key, so that a key that strays into a log or a repository can be recognised."""

REMEMBERED_S: Final = 1.0
"""For how long a key that was just revoked may still be taken."""

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
    return _caller(session, _digest_of(authorization), hosted)


class Callers:
    """Remembers for a moment whose a key is, so that not every request asks the database.

    A key that was revoked is refused within `REMEMBERED_S`. Keys are found by their digests, so
    response times tell nothing about keys.

    Parameters
    ----------
    hosted : frozenset of int
        Organisations that this gateway hosts.
    """

    def __init__(self, engine: Engine, hosted: frozenset[int]) -> None:
        self._engine = engine
        self._hosted = hosted
        self._remembered: dict[bytes, tuple[Caller, float]] = {}
        self._looking: dict[bytes, asyncio.Task[Caller]] = {}

    async def of(self, authorization: str | None) -> Caller:
        """Tell who sends a request; as `authenticate`.

        Raises
        ------
        AuthenticationMissing
            If there is no bearer token.
        ApiKeyUnknown
            If the token is no live key of a hosted organisation.
        """
        digest = _digest_of(authorization)
        caller, until_s = self._remembered.get(digest, (None, 0.0))
        if caller is not None and time.monotonic() < until_s:
            return caller
        looking = self._looking.get(digest)
        if looking is None:
            looking = self._looking[digest] = asyncio.create_task(self._look(digest))
        # One that gives up must not take the answer from the others who wait for it.
        return await asyncio.shield(looking)

    async def _look(self, digest: bytes) -> Caller:
        began_s = time.monotonic()
        try:
            caller = await in_thread(self._caller, digest)
        except BaseException:
            self._remembered.pop(digest, None)
            raise
        finally:
            del self._looking[digest]
        self._remembered[digest] = (caller, began_s + REMEMBERED_S)
        return caller

    def _caller(self, digest: bytes) -> Caller:
        with reading(self._engine) as session:
            return _caller(session, digest, self._hosted)


def _caller(session: Session, digest: bytes, hosted: frozenset[int]) -> Caller:
    key = session.exec(select(ApiKey).where(ApiKey.digest == digest)).first()
    if key is None or key.revoked_at is not None or key.organisation not in hosted:
        raise ApiKeyUnknown
    assert key.id is not None
    return Caller(organisation=key.organisation, key=key.id)


def _digest_of(authorization: str | None) -> bytes:
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != _SCHEME or not token:
        raise AuthenticationMissing
    return _digest(token.strip())


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
