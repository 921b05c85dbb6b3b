"""One row's way onto the ledger: issued, confirmed, despatched, received."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Any, Final

from gateway.client import Desk, GatewayRefused
from gateway.connectors.csv.reader import Imported
from ledger.document.part import Document

NOT_YET: Final = frozenset({"OrderUnexpectedState", "DeliveryUnexpectedState", "OrderUnknown"})
NOT_YET_STATUSES: Final = frozenset({404, 409})
BUSY_STATUSES: Final = frozenset({429, 503})
FIRST_PAUSE_S: Final = 0.5
PAUSE_S: Final = 0.25
PATIENCE_S: Final = 120.0


@dataclass(frozen=True, slots=True)
class RowSender:
    """Sends rows under one agreement; the same row twice is recorded once.

    Parameters
    ----------
    buyer, seller : Desk
        The two sides; each signs what is its own.
    agreement : str
        Under which the orders are issued.
    scope : str
        Goes into every idempotency key, so that another file is another import.
    """

    buyer: Desk
    seller: Desk
    agreement: str
    scope: str

    async def send(self, row: Imported) -> str:
        """Record a row's order and, if it tells of them, its delivery and receipt.

        Returns
        -------
        str
            The order's id, once all of it stands on the ledger.

        Raises
        ------
        GatewayRefused
            If a step is refused for good.
        """
        body: dict[str, Any] = {"agreement": self.agreement, "document": _json(row.order)}
        answer = await self._post(self.buyer, row, "issue", "/v1/orders", body)
        order: str = answer["order"]
        if row.despatch is None:
            await self._settled(self.buyer, answer)
            return order
        await asyncio.sleep(FIRST_PAUSE_S)
        await self._post(self.seller, row, "confirm", f"/v1/orders/{order}/confirm", {})
        body = {"document": _json(row.despatch)}
        path = f"/v1/orders/{order}/deliveries/despatch"
        answer = await self._post(self.seller, row, "despatch", path, body)
        if row.receipt is None:
            await self._settled(self.seller, answer)
            return order
        await asyncio.sleep(FIRST_PAUSE_S)
        body = {"document": _json(row.receipt)}
        path = f"/v1/deliveries/{answer['delivery']}/receive"
        answer = await self._post(self.buyer, row, "receive", path, body)
        await self._settled(self.buyer, answer)
        return order

    async def _post(
        self, desk: Desk, row: Imported, step: str, path: str, body: dict[str, Any]
    ) -> dict[str, Any]:
        """Post one step; wait while the other side's step has not arrived yet."""
        text = f"{self.scope}\n{self.agreement}\n{row.key}\n{step}"
        key = hashlib.sha256(text.encode()).hexdigest()
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE_S
        while True:
            try:
                answer: dict[str, Any] = await desk.post(path, body, idempotency_key=key, wait_s=0)
            except GatewayRefused as refused:
                if not _may_come(refused) or loop.time() > deadline:
                    raise
                await asyncio.sleep(PAUSE_S)
            else:
                return answer

    async def _settled(self, desk: Desk, answer: dict[str, Any]) -> None:
        """Wait until a step is recorded; raise what the ledger refused it with."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE_S
        while loop.time() < deadline:
            intent = await desk.get(f"/v1/intents/{answer['intent']}")
            if intent["status"] == "recorded":
                return
            if intent["status"] == "refused":
                raise GatewayRefused(409, intent.get("problem") or {"error": "Refused"})
            await asyncio.sleep(PAUSE_S)
        raise GatewayRefused(503, {"error": "NotRecordedInTime", "detail": str(answer["intent"])})


def _may_come(refused: GatewayRefused) -> bool:
    """Whether a refusal may only mean that the other side's step is still on its way."""
    if refused.status in BUSY_STATUSES:
        return True
    return refused.status in NOT_YET_STATUSES and (
        refused.status == 404 or refused.error in NOT_YET
    )


def _json(document: Document) -> dict[str, Any]:
    return document.model_dump(mode="json", exclude_defaults=True) | {
        "document_type": type(document).__name__,
        "schema_version": document.schema_version,
    }
