"""One attempt to bring an event to a webhook."""

from __future__ import annotations

import asyncio
import json
import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import aiohttp
from standardwebhooks import Webhook as Signer

from gateway.events.notice import Notice
from ledger.outward import Network, OutwardAddressRefused, connector

SECRET_BYTES: Final = 32
GONE: Final = 410
THROTTLED: Final = frozenset({429, 502, 503, 504})
ANSWER_BYTES_MAX: Final = 64 * 1024
"""What a receiver may answer and keep its connection; nothing of it is kept."""
CONNECTIONS_MAX: Final = 64
RETRY_AFTER_S_MAX: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent, the same at every attempt but for the time and so the signature.

    Parameters
    ----------
    event : str
        The event's id.
    type : str
        The event's type, stops between its parts.
    """

    event: str
    type: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt.

    Parameters
    ----------
    code : int, optional
        HTTP status, if there was an answer.
    error : str, optional
        Name of what went wrong; none when the event arrived.
    retry_after_s : float, optional
        How long the receiver asks to be left alone.
    """

    code: int | None = None
    error: str | None = None
    retry_after_s: float | None = None

    @property
    def has_arrived(self) -> bool:
        """Whether the receiver has the event."""
        return self.error is None


def new_secret() -> bytes:
    """Make a secret; subscribers are shown it as `whsec_` and base64."""
    return secrets.token_bytes(SECRET_BYTES)


def message_of(notice: Notice) -> Message:
    """Write an event as webhooks carry it."""
    happened = notice.time if notice.time is not None else datetime.now(UTC).timestamp()
    return message(notice.id, notice.kind, happened, notice.text)


def message(event: str, type_: str, happened_s: float, data: str) -> Message:
    """Write what webhooks carry.

    Parameters
    ----------
    happened_s : float
        Unix seconds.
    data : str
        The event as JSON.
    """
    time = datetime.fromtimestamp(happened_s, UTC).isoformat(timespec="milliseconds")
    stamp = time.replace("+00:00", "Z")
    text = f'{{"type":{json.dumps(type_)},"timestamp":"{stamp}","data":{data}}}'
    return Message(event, type_, text.encode())


def session(allowed: Sequence[Network], timeout_s: float) -> aiohttp.ClientSession:
    """Make the HTTP client that attempts are made with."""
    return aiohttp.ClientSession(
        connector=connector(allowed, limit=CONNECTIONS_MAX),
        timeout=aiohttp.ClientTimeout(total=timeout_s),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        headers={"User-Agent": "Consign-Webhooks", "Content-Type": "application/json"},
    )


async def attempt(
    http: aiohttp.ClientSession, url: str, sent: Message, keys: Sequence[bytes]
) -> Outcome:
    """Bring an event to a webhook once.

    Parameters
    ----------
    keys : sequence of bytes
        Secrets to sign with, the newest first.
    """
    headers = signed(sent, keys, datetime.now(UTC))
    try:
        async with http.post(
            url, data=sent.payload, headers=headers, allow_redirects=False
        ) as answer:
            await _drain(answer)
            return _outcome(answer)
    except (TimeoutError, aiohttp.ServerTimeoutError):
        return Outcome(error="TimedOut")
    except aiohttp.ClientConnectorError as problem:
        is_refused = isinstance(problem.os_error, OutwardAddressRefused)
        return Outcome(error=OutwardAddressRefused.__name__ if is_refused else "Unreachable")
    except (aiohttp.ClientError, OSError, ValueError) as problem:
        return Outcome(error=type(problem).__name__)


def signed(sent: Message, keys: Sequence[bytes], now: datetime) -> dict[str, str]:
    """Give the headers that prove who sends an event, and when."""
    text = sent.payload.decode()
    signatures = [Signer(key).sign(sent.event, now, text) for key in keys]
    return {
        "webhook-id": sent.event,
        "webhook-timestamp": str(math.floor(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


async def _drain(answer: aiohttp.ClientResponse) -> None:
    """Read a short answer to its end, so that the connection serves again; else give it up."""
    left = ANSWER_BYTES_MAX
    while left > 0 and (chunk := await answer.content.read(left)):
        left -= len(chunk)
    if left <= 0:
        answer.close()


def _outcome(answer: aiohttp.ClientResponse) -> Outcome:
    if 200 <= answer.status < 300:
        return Outcome(answer.status)
    is_redirect = 300 <= answer.status < 400
    error = "RedirectRefused" if is_redirect else f"Status{answer.status}"
    wait_s = _retry_after(answer.headers.get("Retry-After", ""))
    return Outcome(answer.status, error, wait_s)


def _retry_after(value: str) -> float | None:
    """Read a `Retry-After` header: seconds or a date; none if it is neither."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(float(value), RETRY_AFTER_S_MAX)
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    if date.tzinfo is None:
        return None
    return min(max((date - datetime.now(UTC)).total_seconds(), 0.0), RETRY_AFTER_S_MAX)


async def attempt_all(
    http: aiohttp.ClientSession, url: str, sent: Sequence[Message], keys: Sequence[bytes]
) -> list[Outcome]:
    """Bring some events to a webhook at the same time."""
    return await asyncio.gather(*(attempt(http, url, each, keys) for each in sent))
