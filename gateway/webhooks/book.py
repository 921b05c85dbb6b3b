"""What the sender reads and writes: the work to be done, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, delete
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from gateway.webhooks.attempt import Message, Outcome
from gateway.webhooks.models import (
    ACTIVE,
    DISABLED,
    WAITING,
    Webhook,
    WebhookDelivery,
)
from gateway.webhooks.schedule import Patience, is_away, note_attempt, note_round
from ledger.clock import now_ms
from ledger.database import reading, writing
from ledger.feed import tell
from ledger.lease import Lease


@dataclass(frozen=True, slots=True)
class Work:
    """What a webhook waits for.

    Parameters
    ----------
    due : sequence of Message
        What failed before and is to be tried again now.
    """

    webhook: Webhook
    due: Sequence[Message]

    @property
    def number(self) -> int:
        """Number of the webhook."""
        assert self.webhook.id is not None
        return self.webhook.id

    @property
    def is_open(self) -> bool:
        """Whether new events may be sent now."""
        return self.webhook.next_attempt_ms <= now_ms()

    def keys(self) -> list[bytes]:
        """Give the secrets that sign now, the newest first."""
        old = self.webhook.old_secret
        is_old_valid = old is not None and self.webhook.old_secret_until_ms > now_ms()
        return [self.webhook.secret, *([old] if old is not None and is_old_valid else [])]


class Book:
    """The sender's reads and writes, each one transaction.

    Parameters
    ----------
    lease : Lease
        Who does not hold it any more writes nothing.
    """

    def __init__(self, engine: Engine, lease: Lease, patience: Patience) -> None:
        self._engine = engine
        self._lease = lease
        self._patience = patience

    def hold(self) -> bool:
        """Take or renew the lease; false when another process sends."""
        with writing(self._engine) as session:
            return self._lease.take(session)

    def give_back(self) -> None:
        """Let another process send at once."""
        with writing(self._engine) as session:
            self._lease.give_back(session)

    def active(self, organisations: frozenset[int], due_max: int) -> list[Work]:
        """Read the webhooks that are sent to, with at most so many due deliveries of each."""
        with reading(self._engine) as session:
            found = session.exec(select(Webhook).where(Webhook.state == ACTIVE))
            hooks = [hook for hook in found if hook.organisation in organisations]
            due = set(session.exec(_due(now_ms())).all()) if hooks else set()
            work = [
                Work(hook, _messages(session, hook.id, due_max) if hook.id in due else [])
                for hook in hooks
            ]
            session.expunge_all()
            return work

    def note_due(self, work: Work, outcomes: Sequence[Outcome]) -> None:
        """Keep what came of deliveries that were tried again."""
        with writing(self._engine) as session:
            self._lease.require(session)
            for sent, outcome in zip(work.due, outcomes, strict=True):
                delivery = session.get(WebhookDelivery, (work.number, sent.event))
                if delivery is not None:
                    note_attempt(delivery, outcome, now_ms(), self._patience)
                    session.add(delivery)
            self._note_round(session, work, outcomes)

    def note_new(self, work: Work, tried: Sequence[tuple[Message, Outcome]], position: int) -> None:
        """Move a webhook on to a place of the feed, and keep what did not arrive.

        While its receiver is away it is not moved: its events wait in the feed.
        """
        outcomes = [outcome for _, outcome in tried]
        has_arrived = any(each.has_arrived for each in outcomes)
        with writing(self._engine) as session:
            self._lease.require(session)
            hook = session.get(Webhook, work.number, with_for_update=True)
            if hook is None:
                return
            if has_arrived or not outcomes or not is_away(hook):
                hook.position = position
                session.add_all(self._failed(work, tried))
            self._note_round(session, work, outcomes)

    def tidy(self, before_ms: int) -> None:
        """Forget deliveries that have ended, from before a time."""
        ended = delete(WebhookDelivery).where(
            col(WebhookDelivery.status) != WAITING, col(WebhookDelivery.created_ms) < before_ms
        )
        with writing(self._engine) as session:
            session.connection().execute(ended)

    def _failed(
        self, work: Work, tried: Sequence[tuple[Message, Outcome]]
    ) -> list[WebhookDelivery]:
        failed = []
        for sent, outcome in tried:
            if not outcome.has_arrived:
                delivery = waiting(work.number, sent)
                note_attempt(delivery, outcome, now_ms(), self._patience)
                failed.append(delivery)
        return failed

    def _note_round(self, session: Session, work: Work, outcomes: Sequence[Outcome]) -> None:
        hook = session.get(Webhook, work.number, with_for_update=True)
        if hook is None or not outcomes:
            return
        was_active = hook.state == ACTIVE
        note_round(hook, list(outcomes), now_ms(), self._patience)
        session.add(hook)
        if was_active and hook.state == DISABLED:
            body = {"status": DISABLED, "webhook": str(hook.id), "reason": hook.reason}
            tell(session, "webhook", organisation=hook.organisation, body=body)


def waiting(webhook: int, sent: Message) -> WebhookDelivery:
    """Make a delivery that is due now."""
    now = now_ms()
    return WebhookDelivery(
        webhook=webhook,
        event=sent.event,
        type=sent.type,
        payload=sent.payload,
        created_ms=now,
        next_attempt_ms=now,
    )


def _due(now: int) -> SelectOfScalar[int]:
    return (
        select(WebhookDelivery.webhook)
        .where(WebhookDelivery.status == WAITING, WebhookDelivery.next_attempt_ms <= now)
        .distinct()
    )


def _messages(session: Session, webhook: int | None, most: int) -> list[Message]:
    found = (
        select(WebhookDelivery)
        .where(
            WebhookDelivery.webhook == webhook,
            WebhookDelivery.status == WAITING,
            WebhookDelivery.next_attempt_ms <= now_ms(),
        )
        .order_by(col(WebhookDelivery.next_attempt_ms))
        .limit(most)
    )
    return [Message(each.event, each.type, each.payload) for each in session.exec(found)]
