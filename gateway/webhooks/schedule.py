"""When deliveries are tried again, and what their failures do to a webhook.

An event that fails is kept and tried again by itself, so that one bad event holds up nothing. When
event after event fails, it is the receiver that is away: then nothing more is taken from the feed,
and one event at a time is tried until it is back. So an outage costs no row for each event, and
loses none.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

from gateway.webhooks.attempt import GONE, THROTTLED, Outcome
from gateway.webhooks.models import DEAD, DELIVERED, DISABLED, WAITING, Webhook, WebhookDelivery

DELAYS_S: Final = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Between one attempt and the next, as the specification proposes: ten attempts in three days."""
JITTER: Final = 0.2
AWAY_AFTER: Final = 5
"""Rounds in a row of which nothing arrived, after which the receiver counts as away."""
KNOCK_S: Final = 5.0
KNOCK_S_MAX: Final = 300.0
THROTTLE_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long who waits.

    Parameters
    ----------
    delays_s : tuple of float
        Between attempts of one event.
    knock_s : float
        First pause between two knocks at a receiver that is away; doubled each time.
    disable_after_ms : int
        How long nothing may arrive before the webhook is disabled.
    """

    delays_s: tuple[float, ...] = DELAYS_S
    knock_s: float = KNOCK_S
    disable_after_ms: int = 96 * 3_600_000


def is_away(webhook: Webhook) -> bool:
    """Whether the receiver counts as away, so that events stay in the feed."""
    return webhook.failures >= AWAY_AFTER


def note_round(webhook: Webhook, outcomes: list[Outcome], now: int, patience: Patience) -> None:
    """Remember of a webhook what came of a round of attempts."""
    if any(each.has_arrived for each in outcomes):
        webhook.failures, webhook.failing_since_ms = 0, None
    else:
        webhook.failures += 1
        webhook.failing_since_ms = webhook.failing_since_ms or now
        if is_away(webhook):
            doubled = patience.knock_s * 2 ** min(webhook.failures - AWAY_AFTER, 16)
            webhook.next_attempt_ms = now + _jittered_ms(min(doubled, KNOCK_S_MAX))
    throttled = [each for each in outcomes if each.code in THROTTLED]
    if throttled:
        wait_s = max(each.retry_after_s or THROTTLE_S for each in throttled)
        webhook.next_attempt_ms = max(webhook.next_attempt_ms, now + _jittered_ms(wait_s))
    since = webhook.failing_since_ms
    if any(each.code == GONE for each in outcomes):
        _disable(webhook, "The receiver answered 410 Gone.")
    elif since is not None and now - since >= patience.disable_after_ms:
        _disable(webhook, f"Nothing arrived for {(now - since) // 3_600_000} hours.")


def note_attempt(delivery: WebhookDelivery, outcome: Outcome, now: int, patience: Patience) -> None:
    """Remember of a delivery what came of its next attempt."""
    delivery.attempts += 1
    delivery.last_attempt_ms = now
    delivery.code, delivery.error = outcome.code, outcome.error
    if outcome.has_arrived:
        delivery.status = DELIVERED
    elif delivery.attempts > len(patience.delays_s):
        delivery.status = DEAD
    else:
        delay_s = max(patience.delays_s[delivery.attempts - 1], outcome.retry_after_s or 0)
        delivery.status = WAITING
        delivery.next_attempt_ms = now + _jittered_ms(delay_s)


def _disable(webhook: Webhook, reason: str) -> None:
    webhook.state, webhook.reason = DISABLED, reason


def _jittered_ms(seconds: float) -> int:
    return round(1000 * seconds * random.uniform(1, 1 + JITTER))
