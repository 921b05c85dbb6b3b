"""When deliveries are tried again, and what their failures do to a webhook."""

from __future__ import annotations

import pytest

from gateway.webhooks.attempt import Outcome
from gateway.webhooks.models import (
    ACTIVE,
    DEAD,
    DELIVERED,
    DISABLED,
    WAITING,
    Webhook,
    WebhookDelivery,
)
from gateway.webhooks.schedule import (
    AWAY_AFTER,
    DELAYS_S,
    JITTER,
    KNOCK_S_MAX,
    Patience,
    is_away,
    note_attempt,
    note_round,
)

NOW = 1_700_000_000_000
GOOD, BAD = Outcome(200), Outcome(500, "Status500")


def webhook() -> Webhook:
    return Webhook(
        organisation=1,
        url="https://a.example/",
        description="",
        topics=[],
        secret=b"s",
        position=0,
        created_at=0,
    )


def delivery() -> WebhookDelivery:
    return WebhookDelivery(
        webhook=1, event="e", type="t", payload=b"", created_ms=NOW, next_attempt_ms=NOW
    )


def test_attempts_follow_the_schedule_of_the_specification() -> None:
    waiting, total_s = delivery(), 0.0
    for delay_s in DELAYS_S:
        note_attempt(waiting, BAD, NOW, Patience())
        pause_s = (waiting.next_attempt_ms - NOW) / 1000
        assert waiting.status == WAITING
        assert delay_s <= pause_s <= delay_s * (1 + JITTER)
        total_s += delay_s
    assert total_s == 75 * 3600 + 35 * 60 + 5
    note_attempt(waiting, BAD, NOW, Patience())
    assert (waiting.status, waiting.attempts) == (DEAD, 10)


def test_event_that_arrives_late_is_delivered() -> None:
    waiting = delivery()
    note_attempt(waiting, BAD, NOW, Patience())
    assert (waiting.error, waiting.code) == ("Status500", 500)
    note_attempt(waiting, GOOD, NOW + 5, Patience())
    assert (waiting.status, waiting.error, waiting.code) == (DELIVERED, None, 200)
    assert waiting.last_attempt_ms == NOW + 5


def test_next_attempt_waits_as_long_as_the_receiver_asks() -> None:
    waiting = delivery()
    note_attempt(waiting, Outcome(503, "Status503", 120.0), NOW, Patience())
    assert waiting.next_attempt_ms >= NOW + 120_000


def test_receiver_of_which_nothing_returns_is_away_until_something_arrives() -> None:
    hook = webhook()
    for _ in range(AWAY_AFTER):
        assert not is_away(hook)
        note_round(hook, [BAD, BAD], NOW, Patience())
    assert is_away(hook)
    assert hook.next_attempt_ms >= NOW + 5_000
    assert hook.failing_since_ms == NOW
    note_round(hook, [BAD, GOOD], NOW + 1, Patience())
    assert (hook.failures, hook.failing_since_ms) == (0, None)


def test_knocks_come_at_longer_and_longer_pauses_up_to_a_limit() -> None:
    hook, pauses = webhook(), []
    for _ in range(20):
        note_round(hook, [BAD], NOW, Patience())
        pauses.append(max(0, hook.next_attempt_ms - NOW) / 1000)
    assert pauses[AWAY_AFTER] > pauses[AWAY_AFTER - 1]
    assert max(pauses) <= KNOCK_S_MAX * (1 + JITTER)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_receiver_under_load_is_sent_nothing_for_a_while(status: int) -> None:
    hook = webhook()
    note_round(hook, [GOOD, Outcome(status, f"Status{status}", 7.0)], NOW, Patience())
    assert NOW + 7_000 <= hook.next_attempt_ms <= NOW + 8_400
    assert hook.state == ACTIVE


def test_gone_disables_at_once_and_long_silence_at_last() -> None:
    hook = webhook()
    note_round(hook, [GOOD, Outcome(410, "Status410")], NOW, Patience())
    assert (hook.state, hook.reason) == (DISABLED, "The receiver answered 410 Gone.")
    hook = webhook()
    patience = Patience(disable_after_ms=4 * 3_600_000)
    note_round(hook, [BAD], NOW, patience)
    note_round(hook, [BAD], NOW + 4 * 3_600_000 - 1, patience)
    assert hook.state == ACTIVE
    note_round(hook, [BAD], NOW + 4 * 3_600_000, patience)
    assert (hook.state, hook.reason) == (DISABLED, "Nothing arrived for 4 hours.")
