"""An order from its UBL file to its close, with a change, a short receipt and failed goods."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gateway.client import Desk, GatewayRefused
from gateway.demo import paper
from gateway.demo.errors import StoryWrong
from gateway.demo.paper import Goods, Line
from gateway.demo.show import Show
from gateway.network.terms import agreement_terms

Parts = list[tuple[dict[str, Any], dict[str, str]]]
"""Lines, each with a quantity of it."""

_SHORT: Final = {"value": "2"}
"""What is missing of one line in the second delivery."""

Delivered = tuple[str, Goods]
"""A delivery, and what came with it."""


@dataclass(frozen=True, slots=True)
class OrderStory:
    """What the order's story needs.

    Parameters
    ----------
    brand, supplier : Desk
        Buyer and seller, each at its own gateway.
    arbiter : int
        Organisation in the arbiter's seat.
    sign_as_arbiter : callable
        Signs the agreement of the given id with the arbiter's key, straight on the chain.
    order_file : Path
        The UBL Order that the brand posts.
    """

    brand: Desk
    supplier: Desk
    arbiter: int
    sign_as_arbiter: Callable[[str], Awaitable[None]]
    order_file: Path
    show: Show

    async def run(self) -> str:
        """Tell the story; return the order's id.

        Raises
        ------
        GatewayRefused
            If a step is refused.
        StoryWrong
            If a gateway does not come to know what another one recorded.
        """
        agreement = await self._agree()
        order, document = await self._order(agreement)
        lines = await self._change(order, document["order_line"])
        first, second = await self._deliver(order, lines)
        kept = await self._inspect(first, second, lines)
        await self._settle(document, kept)
        await self._close(order)
        return order

    async def _agree(self) -> str:
        self.show.chapter("A brand, a supplier and an arbiter co-sign an agreement")
        terms = agreement_terms(
            "FRAME-2026-7",
            {"buyer": self.brand, "seller": self.supplier},
            "Goods are inspected on arrival; what fails is returned at the seller's cost.",
        )
        seats = {
            "buyer": self.brand.organisation,
            "seller": self.supplier.organisation,
            "arbiter": self.arbiter,
        }
        body = {"seats": seats, "notice_days": 30, "terms": terms}
        answer = await self.brand.post("/v1/agreements", body)
        agreement: str = answer["agreement"]
        subject = f"agreement {agreement}"
        await self.show.recorded(self.brand, answer, subject, "proposed an agreement")
        await sign_agreement(self.supplier, agreement, self.show)
        await self.sign_as_arbiter(agreement)
        await self.brand.until(
            f"/v1/agreements/{agreement}",
            lambda found: found["state"] == "Active",
            f"agreement {agreement} to be in force",
        )
        return agreement

    async def _order(self, agreement: str) -> tuple[str, dict[str, Any]]:
        self.show.chapter("A purchase order leaves the brand's ERP as UBL and reaches the supplier")
        xml = self.order_file.read_bytes()
        answer = await self.brand.post(f"/v1/orders?agreement={agreement}", xml=xml)
        order: str = answer["order"]
        subject = f"order {order}"
        await self.show.recorded(self.brand, answer, subject, f"issued {self.order_file.name}")
        seen = await self.supplier.until(
            f"/v1/orders/{order}",
            lambda found: found["document"] is not None,
            f"{self.supplier.name} to open order {order}",
        )
        document = seen["document"]
        self.show.say(
            f"{self.supplier.name} opened order {document['id']}: "
            + "; ".join(
                "{value} {unit_code} ".format(**line["quantity"]) + line["item"]["name"]
                for line in document["order_line"]
            )
        )
        answer = await self.supplier.post(f"/v1/orders/{order}/acknowledge")
        await self.show.recorded(self.supplier, answer, subject, "acknowledged it")
        return order, document

    async def _change(self, order: str, lines: list[Line]) -> list[Line]:
        """The supplier changes quantity and date of the second line; the brand accepts."""
        changed = lines[1]
        quantity = paper.share_of(changed, "0.9")
        response = paper.response(order, changed, quantity)
        subject = f"order {order}"
        answer = await self.supplier.post(
            f"/v1/orders/{order}/counter-propose", {"document": response}
        )
        what = (
            f"confirmed with line {changed['id']} changed to {quantity['value']} and a later date"
        )
        await self.show.recorded(self.supplier, answer, subject, what)
        await self._wait(self.brand, f"orders/{order}", "CounterProposed")
        answer = await self.brand.post(f"/v1/orders/{order}/accept-offer")
        await self.show.recorded(self.brand, answer, subject, "accepted the change")
        await self._wait(self.supplier, f"orders/{order}", "Confirmed")
        return [line | {"quantity": quantity} if line is changed else line for line in lines]

    async def _deliver(self, order: str, lines: list[Line]) -> tuple[Delivered, Delivered]:
        self.show.chapter("Two partial deliveries, one of them short")
        half = [(line, paper.share_of(line, "0.5")) for line in lines]
        rest = [(line, paper.less(line["quantity"], part)) for line, part in half]
        short = lines[0]["id"]
        first = await self._despatch(order, "DA-9001", half)
        second = await self._despatch(order, "DA-9002", rest)
        await self._receive(order, first, "RA-3001", half, short=None)
        await self._receive(order, second, "RA-3002", rest, short=short)
        return (first, half), (second, paper.arrived(rest, short))

    async def _despatch(self, order: str, number: str, goods: Goods) -> str:
        advice = paper.despatch_advice(order, number, goods)
        answer = await self.supplier.post(
            f"/v1/orders/{order}/deliveries/despatch", {"document": advice}
        )
        delivery: str = answer["delivery"]
        await self.show.recorded(
            self.supplier, answer, f"delivery {delivery}", f"despatched {number}"
        )
        return delivery

    async def _receive(
        self, order: str, delivery: str, number: str, goods: Goods, short: str | None
    ) -> None:
        await self.brand.until(
            f"/v1/deliveries/{delivery}",
            lambda found: found["state"] == "Despatched" and found["document"] is not None,
            f"{self.brand.name} to open delivery {delivery}",
        )
        receipt = paper.receipt_advice(order, number, goods, short)
        action = "receive" if short is None else "receive-partially"
        answer = await self.brand.post(f"/v1/deliveries/{delivery}/{action}", {"document": receipt})
        what = f"received {number}" + ("" if short is None else f", line {short} short by 2")
        await self.show.recorded(self.brand, answer, f"delivery {delivery}", what)

    async def _inspect(
        self, first: Delivered, second: Delivered, lines: list[Line]
    ) -> list[Delivered]:
        """The second line of the first delivery fails and goes back; gives what is kept."""
        self.show.chapter("Quality: one line passes, another fails and goes back")
        failed = lines[1]
        delivery, goods = first
        path, subject = f"/v1/deliveries/{delivery}", f"delivery {delivery}"
        report = paper.quality_report("QR-7001", goods, failed["id"])
        answer = await self.brand.post(f"{path}/quality-reports", {"document": report})
        what = f"reported quality: line {lines[0]['id']} passes, line {failed['id']} fails"
        await self.show.recorded(self.brand, answer, subject, what)
        returned = next(part for line, part in goods if line is failed)
        instruction = paper.return_instruction(failed, returned)
        answer = await self.brand.post(f"{path}/return", {"document": instruction})
        await self.show.recorded(self.brand, answer, subject, "returned the failed goods")
        report = paper.quality_report("QR-7002", second[1], None)
        path = f"/v1/deliveries/{second[0]}"
        answer = await self.brand.post(f"{path}/quality-reports", {"document": report})
        await self.show.recorded(self.brand, answer, f"delivery {second[0]}", "passed all of it")
        return [(delivery, [each for each in goods if each[0] is not failed]), second]

    async def _settle(self, order: dict[str, Any], kept: list[Delivered]) -> None:
        self.show.chapter("Invoices for what was kept, and nothing else")
        for number, (delivery, goods), state in zip(
            (1, 2), kept, ("Returned", "Passed"), strict=True
        ):
            await self._wait(self.supplier, f"deliveries/{delivery}", state)
            bill = paper.invoice(f"INV-600{number}", f"DA-900{number}", order, goods)
            answer = await self.supplier.post(
                f"/v1/deliveries/{delivery}/settle", {"document": bill}
            )
            due = bill["legal_monetary_total"]["payable_amount"]["value"]
            what = f"settled it with invoice {bill['id']} over {due} EUR"
            await self.show.recorded(self.supplier, answer, f"delivery {delivery}", what)

    async def _close(self, order: str) -> None:
        self.show.chapter("Fulfilled, says the one; closed, says the other")
        answer = await self.brand.post(f"/v1/orders/{order}/fulfil")
        await self.show.recorded(self.brand, answer, f"order {order}", "declared it fulfilled")
        await self._wait(self.supplier, f"orders/{order}", "Fulfilled")
        answer = await self.supplier.post(f"/v1/orders/{order}/close")
        await self.show.recorded(self.supplier, answer, f"order {order}", "closed it")
        await self._wait(self.brand, f"orders/{order}", "Closed")
        await self._refusal(order)

    async def _refusal(self, order: str) -> None:
        """What is closed stays closed, and the refusal says why."""
        try:
            await self.brand.post(
                f"/v1/orders/{order}/dispute", {"document": paper.dispute_notice()}
            )
        except GatewayRefused as refused:
            if refused.error != "OrderUnexpectedState":
                raise
            self.show.say(
                f"{self.brand.name} tried to dispute the closed order and was refused: "
                f"{refused.error} ({refused.status})"
            )
            return
        raise StoryWrong(f"a closed order was disputed: {order}")

    async def _wait(self, desk: Desk, path: str, state: str) -> None:
        await desk.until(
            f"/v1/{path}",
            lambda found: found["ledger_state"] == state,
            f"{desk.name} to see {path} {state}",
        )


async def sign_agreement(desk: Desk, agreement: str, show: Show) -> None:
    """Wait until a proposal has arrived and its terms are open, then sign it."""
    await desk.until(
        f"/v1/agreements/{agreement}",
        lambda found: found["terms"] is not None,
        f"{desk.name} to open the terms of {agreement}",
    )
    answer = await desk.post(f"/v1/agreements/{agreement}/sign")
    await show.recorded(desk, answer, f"agreement {agreement}", "signed the same terms")
