"""Webhooks as their owners manage them."""

from __future__ import annotations

import re
import secrets
import time
from base64 import b64encode
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from gateway.answer import Page
from gateway.deps import Gateway
from gateway.events.page import Pages
from gateway.page import decode_cursor, encode_cursor
from gateway.webhooks.address import require_url
from gateway.webhooks.attempt import message, new_secret
from gateway.webhooks.book import waiting
from gateway.webhooks.errors import (
    WebhookDeliveryUnknown,
    WebhookInactive,
    WebhookLimitReached,
    WebhookUnknown,
)
from gateway.webhooks.models import ACTIVE, PAUSED, WAITING, Webhook, WebhookDelivery
from gateway.webhooks.schemas import (
    DeliveryView,
    WebhookBody,
    WebhookChange,
    WebhookSecretView,
    WebhookView,
)
from gateway.webhooks.topic import TEST
from ledger.clock import now_ms
from ledger.database import reading, writing

_HOUR_MS: Final = 3_600_000
_EVENT: Final = re.compile(r"[a-z]+_[0-9a-z_]+")
"""How ids of events are spelled; a database need not be asked for others."""


def create(
    gateway: Gateway, pages: Pages, organisation: int, body: WebhookBody
) -> WebhookSecretView:
    """Make a webhook.

    Raises
    ------
    WebhookUrlRefused, OutwardAddressRefused
        If nothing may be sent to its address.
    WebhookLimitReached
        If the organisation has enough of them.
    EventPositionAhead, EventPositionPruned
        If the feed does not go on from where it is to begin.
    """
    require_url(body.url, gateway.settings.outward.allowed)
    position, _ = pages.start(body.after)
    most = gateway.settings.webhooks.per_organisation_max
    hook = Webhook(
        organisation=organisation,
        url=body.url,
        description=body.description,
        topics=body.topics,
        secret=new_secret(),
        position=position,
        created_at=int(time.time()),
    )
    with writing(gateway.engine) as session:
        own = select(func.count()).where(Webhook.organisation == organisation)
        if session.exec(own).one() >= most:
            raise WebhookLimitReached(most)
        session.add(hook)
        session.flush()
        return _with_secret(hook)


def webhooks(gateway: Gateway, organisation: int) -> Page[WebhookView]:
    """List an organisation's webhooks, the oldest first; there are never more than a page holds."""
    found = select(Webhook).where(Webhook.organisation == organisation).order_by(col(Webhook.id))
    with reading(gateway.engine) as session:
        return Page(items=[_view(hook) for hook in session.exec(found)])


def webhook(gateway: Gateway, organisation: int, id_: str) -> WebhookView:
    """Read a webhook.

    Raises
    ------
    WebhookUnknown
        If the organisation has none of this id.
    """
    with reading(gateway.engine) as session:
        return _view(_own(session, organisation, id_, is_read=True))


def change(gateway: Gateway, organisation: int, id_: str, change: WebhookChange) -> WebhookView:
    """Change a webhook, pause or resume it; what resumes goes on where it ended, and at once.

    Raises
    ------
    WebhookUnknown
        If the organisation has none of this id.
    WebhookUrlRefused, OutwardAddressRefused
        If nothing may be sent to its new address.
    """
    if change.url is not None:
        require_url(change.url, gateway.settings.outward.allowed)
    with writing(gateway.engine) as session:
        hook = _own(session, organisation, id_)
        hook.url = hook.url if change.url is None else change.url
        hook.topics = hook.topics if change.topics is None else change.topics
        hook.description = hook.description if change.description is None else change.description
        if change.state == ACTIVE:
            hook.state, hook.reason = ACTIVE, None
            hook.failures, hook.failing_since_ms, hook.next_attempt_ms = 0, None, 0
        elif change.state == PAUSED:
            hook.state = PAUSED
        session.add(hook)
        return _view(hook)


def remove(gateway: Gateway, organisation: int, id_: str) -> None:
    """Delete a webhook and everything that waits for it.

    Raises
    ------
    WebhookUnknown
        If the organisation has none of this id.
    """
    with writing(gateway.engine) as session:
        hook = _own(session, organisation, id_)
        waits = delete(WebhookDelivery).where(col(WebhookDelivery.webhook) == hook.id)
        session.connection().execute(waits)
        session.delete(hook)


def rotate(gateway: Gateway, organisation: int, id_: str) -> WebhookSecretView:
    """Give a webhook a new secret; the old one signs beside it for a while.

    Raises
    ------
    WebhookUnknown
        If the organisation has none of this id.
    """
    overlap_ms = round(gateway.settings.webhooks.overlap_h * _HOUR_MS)
    with writing(gateway.engine) as session:
        hook = _own(session, organisation, id_)
        hook.old_secret, hook.old_secret_until_ms = hook.secret, now_ms() + overlap_ms
        hook.secret = new_secret()
        session.add(hook)
        return _with_secret(hook)


def test(gateway: Gateway, organisation: int, id_: str) -> DeliveryView:
    """Have a test event sent to a webhook.

    Raises
    ------
    WebhookUnknown
        If the organisation has none of this id.
    WebhookInactive
        If nothing is sent to it now.
    """
    with writing(gateway.engine) as session:
        hook = _own(session, organisation, id_)
        _require_active(hook)
        assert hook.id is not None
        event = f"test_{secrets.token_hex(12)}"
        data = f'{{"id":"{event}","type":"webhook","status":"test","webhook":"{hook.id}"}}'
        delivery = waiting(hook.id, message(event, TEST, time.time(), data))
        session.add(delivery)
        return _delivery_view(delivery)


def deliveries(
    gateway: Gateway, organisation: int, id_: str, cursor: str | None, limit: int
) -> Page[DeliveryView]:
    """List what did not arrive at once, the newest first.

    Raises
    ------
    WebhookUnknown
        If the organisation has no webhook of this id.
    RequestInvalid
        If the cursor is none.
    """
    place = decode_cursor(cursor, 1) or (0,)
    with reading(gateway.engine) as session:
        hook = _own(session, organisation, id_, is_read=True)
        found = (
            select(WebhookDelivery)
            .where(WebhookDelivery.webhook == hook.id)
            .order_by(col(WebhookDelivery.created_ms).desc(), col(WebhookDelivery.event))
            .offset(max(place[0], 0))
            .limit(limit + 1)
        )
        rows = session.exec(found).all()
        following = encode_cursor((place[0] + limit,)) if len(rows) > limit else None
        return Page(items=[_delivery_view(row) for row in rows[:limit]], next=following)


def retry(gateway: Gateway, organisation: int, id_: str, event: str) -> DeliveryView:
    """Have an event that failed sent again now.

    Raises
    ------
    WebhookUnknown, WebhookDeliveryUnknown
        If there is no such delivery of the organisation.
    WebhookInactive
        If nothing is sent to the webhook now.
    """
    with writing(gateway.engine) as session:
        hook = _own(session, organisation, id_)
        is_name = _EVENT.fullmatch(event) is not None
        delivery = session.get(WebhookDelivery, (hook.id, event)) if is_name else None
        if delivery is None:
            raise WebhookDeliveryUnknown(event)
        _require_active(hook)
        delivery.status, delivery.next_attempt_ms = WAITING, now_ms()
        session.add(delivery)
        return _delivery_view(delivery)


def _own(session: Session, organisation: int, id_: str, is_read: bool = False) -> Webhook:
    is_number = id_.isascii() and id_.isdigit() and len(id_) < 10
    lock = None if is_read else True
    hook = session.get(Webhook, int(id_), with_for_update=lock) if is_number else None
    if hook is None or hook.organisation != organisation:
        raise WebhookUnknown(id_)
    return hook


def _require_active(hook: Webhook) -> None:
    if hook.state != ACTIVE:
        raise WebhookInactive(hook.state)


def _view(hook: Webhook) -> WebhookView:
    return WebhookView.model_validate(_fields(hook))


def _with_secret(hook: Webhook) -> WebhookSecretView:
    secret = f"whsec_{b64encode(hook.secret).decode()}"
    return WebhookSecretView.model_validate({**_fields(hook), "secret": secret})


def _fields(hook: Webhook) -> dict[str, object]:
    has_old = hook.old_secret is not None and hook.old_secret_until_ms > now_ms()
    return {
        "id": str(hook.id),
        "url": hook.url,
        "topics": hook.topics,
        "description": hook.description,
        "state": hook.state,
        "reason": hook.reason,
        "position": hook.position,
        "failing_since": _time(hook.failing_since_ms),
        "old_secret_until": _time(hook.old_secret_until_ms) if has_old else None,
        "created_at": _time(hook.created_at * 1000),
    }


def _delivery_view(delivery: WebhookDelivery) -> DeliveryView:
    is_waiting = delivery.status == WAITING
    return DeliveryView.model_validate(
        {
            "id": delivery.event,
            "type": delivery.type,
            "status": delivery.status,
            "attempts": delivery.attempts,
            "response_code": delivery.code,
            "error": delivery.error,
            "created_at": _time(delivery.created_ms),
            "last_attempt_at": _time(delivery.last_attempt_ms),
            "next_attempt_at": _time(delivery.next_attempt_ms) if is_waiting else None,
        }
    )


def _time(ms: int | None) -> str | None:
    if ms is None:
        return None
    text = datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
