"""One row's way onto the ledger: issued, confirmed, despatched, received."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Any, Final

import aiohttp

from gateway.client import Desk, GatewayRefused
from gateway.connectors.csv.reader import Imported
from gateway.importing.feed import Feed, opened, recorded, refused
from gateway.importing.journal import Journal
from ledger.document.part import Document
from ledger.identifier import parse_delivery, parse_order

NOT_YET: Final = frozenset({"OrderUnexpectedState", "DeliveryUnexpectedState"})
BUSY_STATUSES: Final = frozenset({429, 503})
LOOK_S: Final = 30.0
"""After so long without tidings it is time to look what became of the step before."""

LOOK_AGAIN_S: Final = 2.0
"""The same for a row that an earlier import may have sent: its tidings may be over."""

PAUSE_S: Final = 0.25
PAUSE_MAX_S: Final = 4.0
PATIENCE_S: Final = 180.0
CONFLICT, GONE = 409, 404


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the agreement: its desk, and what its gateway tells it."""

    desk: Desk
    feed: Feed


@dataclass(frozen=True, slots=True)
class _Taken:
    """A step that a gateway accepted."""

    side: Side
    step: str
    intent: str
    subject: str


@dataclass(frozen=True, slots=True)
class RowSender:
    """Sends rows under one agreement; the same row twice is recorded once.

    Parameters
    ----------
    buyer, seller : Side
        Each signs what is its own.
    agreement : str
        Under which the orders are issued.
    scope : str
        Goes into every idempotency key, so that another profile is another import.
    journal : Journal
        Told which steps the ledger refused.
    """

    buyer: Side
    seller: Side
    agreement: str
    scope: str
    journal: Journal

    async def send(self, row: Imported, look_s: float = LOOK_S) -> str:
        """Record a row's order and, if it tells of them, its delivery and receipt.

        Parameters
        ----------
        look_s : float
            How long to wait for a tiding before looking.

        Returns
        -------
        str
            The order's id, once all of it stands on the ledger.

        Raises
        ------
        GatewayRefused
            If a step is refused, or is not recorded within minutes.
        aiohttp.ClientError
            If a gateway does not answer for minutes.
        """
        body: dict[str, Any] = {"agreement": self.agreement, "document": _json(row.order)}
        last = issued = await self._take(self.buyer, row, "issue", "/v1/orders", body)
        order = issued.subject
        if row.despatch is not None:
            arrived = opened("order", parse_order(order).number)
            await self.seller.feed.heard(arrived, timeout_s=look_s)
            path = f"/v1/orders/{order}/confirm"
            confirmed = await self._take(self.seller, row, "confirm", path, {}, issued)
            path = f"/v1/orders/{order}/deliveries/despatch"
            body = {"document": _json(row.despatch)}
            last = await self._take(self.seller, row, "despatch", path, body, confirmed)
        if row.despatch is not None and row.receipt is not None:
            number = parse_delivery(last.subject).number
            await self.buyer.feed.heard(opened("delivery", number), timeout_s=look_s)
            path = f"/v1/deliveries/{last.subject}/receive"
            body = {"document": _json(row.receipt)}
            last = await self._take(self.buyer, row, "receive", path, body, last)
        await self._settled(row, last, look_s)
        return order

    async def _take(
        self,
        side: Side,
        row: Imported,
        step: str,
        path: str,
        body: dict[str, Any],
        before: _Taken | None = None,
    ) -> _Taken:
        """Hand in one step; come back while the step before has not arrived yet."""
        attempt = self.journal.refusals[row.key, step]
        text = f"{self.scope}\n{self.agreement}\n{row.key}\n{step}\n{attempt}"
        key = hashlib.sha256(text.encode()).hexdigest()
        loop = asyncio.get_running_loop()
        deadline_s, pause_s = loop.time() + PATIENCE_S, PAUSE_S
        while True:
            try:
                answer = await side.desk.post(
                    path, body, idempotency_key=key, wait_s=0, patience_s=0
                )
            except (GatewayRefused, aiohttp.ClientError, TimeoutError) as problem:
                if not _may_come(problem, before) or loop.time() > deadline_s:
                    raise
            else:
                subject = answer.get("delivery") or answer["order"]
                return _Taken(side, step, str(answer["intent"]), subject)
            if before is not None:
                await self._is_recorded(row, before)
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, PAUSE_MAX_S)

    async def _settled(self, row: Imported, last: _Taken, look_s: float) -> None:
        """Wait until the last step is recorded; raise what the ledger refused it with."""
        loop = asyncio.get_running_loop()
        deadline_s = loop.time() + PATIENCE_S
        is_fact, is_refused = recorded(last.subject, last.step), refused(last.intent)
        while loop.time() < deadline_s:
            told = await last.side.feed.heard(is_fact, is_refused, timeout_s=look_s)
            if told == is_fact or await self._is_recorded(row, last):
                return
        detail = f"Intent {last.intent} is not decided after {PATIENCE_S:.0f} s."
        raise GatewayRefused(503, {"error": "NotRecordedInTime", "detail": detail})

    async def _is_recorded(self, row: Imported, taken: _Taken) -> bool:
        """Ask whether a step is recorded; raise what the ledger refused it with."""
        try:
            intent = await taken.side.desk.get(f"/v1/intents/{taken.intent}")
        except (aiohttp.ClientError, TimeoutError):
            return False  # Whoever asks comes back, and gives up in time.
        if intent["status"] == "refused":
            self.journal.note_refusal(row.key, taken.step)
            raise GatewayRefused(CONFLICT, intent.get("problem") or {"error": "Refused"})
        return bool(intent["status"] == "recorded")


def _may_come(problem: Exception, before: _Taken | None) -> bool:
    """Whether a refusal may only mean that the step before is still on its way."""
    if not isinstance(problem, GatewayRefused):
        return True
    if problem.status in BUSY_STATUSES:
        return True
    return before is not None and (problem.status == GONE or problem.error in NOT_YET)


def _json(document: Document) -> dict[str, Any]:
    return document.model_dump(mode="json", exclude_defaults=True) | {
        "document_type": type(document).__name__,
        "schema_version": document.schema_version,
    }
