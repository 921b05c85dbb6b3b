"""What one attempt sends, and what it makes of an answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from aiohttp import web
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from gateway.webhooks.attempt import (
    RETRY_AFTER_S_MAX,
    attempt,
    message,
    new_secret,
    session,
    signed,
)
from gateway.webhooks.topic import PATTERN, is_wanted
from ledger.outward import LOOPBACK
from tests.unit.gateway.webhooks.conftest import Receiver

SENT = message("evt_1", "fact.order.OrderIssued", 1_700_000_000.25, '{"a":"\u00e9"}')


def test_message_is_type_timestamp_and_data() -> None:
    assert json.loads(SENT.payload) == {
        "type": "fact.order.OrderIssued",
        "timestamp": "2023-11-14T22:13:20.250Z",
        "data": {"a": "\u00e9"},
    }


def test_official_library_verifies_what_is_signed_and_nothing_else() -> None:
    key = new_secret()
    headers = signed(SENT, [key], datetime.now(UTC))
    assert Verifier(key).verify(SENT.payload, headers)["data"] == {"a": "\u00e9"}
    for wrong in (
        (new_secret(), SENT.payload, headers),
        (key, SENT.payload + b" ", headers),
        (key, SENT.payload, headers | {"webhook-id": "evt_2"}),
        (key, SENT.payload, headers | {"webhook-timestamp": "1"}),
    ):
        with pytest.raises(WebhookVerificationError):
            Verifier(wrong[0]).verify(wrong[1], wrong[2])


def test_example_of_the_specification_is_signed_as_it_is_there() -> None:
    # The vector that the specification's libraries share.
    key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    sent = message("msg_p5jXN8AQM9LWM0D4loKWxJek", "t", 0, "{}")
    sent = type(sent)(sent.event, "t", b'{"test": 2432232314}')
    now = datetime.fromtimestamp(1614265330, UTC)
    headers = signed(sent, [Verifier(key)._whsecret], now)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert headers["webhook-timestamp"] == "1614265330"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("17", 17.0),
        (" 17 ", 17.0),
        ("9999999999", RETRY_AFTER_S_MAX),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
    ],
)
async def test_retry_after_is_read_within_reason(
    receiver: Receiver, value: str, expected: float | None
) -> None:
    receiver.answer = lambda call, body: web.Response(status=503, headers={"Retry-After": value})
    outcome = await once(receiver)
    assert (outcome.code, outcome.error) == (503, "Status503")
    assert outcome.retry_after_s == expected


async def test_retry_after_may_be_a_date(receiver: Receiver) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    receiver.answer = lambda call, body: web.Response(status=429, headers={"Retry-After": later})
    assert 85 <= ((await once(receiver)).retry_after_s or 0) <= 90


@pytest.mark.parametrize("status", [200, 201, 204, 299])
async def test_any_success_counts(receiver: Receiver, status: int) -> None:
    receiver.answer = lambda call, body: web.Response(status=status)
    assert (await once(receiver)).has_arrived


@pytest.mark.parametrize("status", [301, 400, 404, 410, 500])
async def test_anything_else_is_a_failure(receiver: Receiver, status: int) -> None:
    receiver.answer = lambda call, body: web.Response(status=status)
    outcome = await once(receiver)
    assert (outcome.has_arrived, outcome.code) == (False, status)


async def test_nobody_at_the_address_is_a_failure(receiver: Receiver) -> None:
    receiver.url = "http://127.0.0.1:1/"
    assert (await once(receiver)).error == "Unreachable"


async def once(receiver: Receiver) -> Any:
    async with session(LOOPBACK, 5) as http:
        return await attempt(http, receiver.url, SENT, [receiver.secret])


@pytest.mark.parametrize(
    ("topics", "kind", "expected"),
    [
        ([], "fact.order.OrderIssued", True),
        (["fact"], "fact.order.OrderIssued", True),
        (["fact.order"], "fact.order.OrderIssued", True),
        (["fact.order.OrderIssued"], "fact.order.OrderIssued", True),
        (["fact.ord"], "fact.order.OrderIssued", False),
        (["fact.order.OrderIssued.x"], "fact.order.OrderIssued", False),
        (["document", "retracted"], "retracted.order.OrderIssued", True),
    ],
)
def test_topics_are_types_or_their_beginnings(topics: list[str], kind: str, expected: bool) -> None:
    assert is_wanted(topics, kind) == expected
    assert PATTERN.fullmatch(kind)
