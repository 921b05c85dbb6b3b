"""An order from its UBL file to its close, with a change, a short receipt and failed goods."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from gateway.client import Desk, GatewayRefused
from gateway.demo.errors import StoryWrong
from gateway.demo.show import Show
from gateway.network.terms import TODAY, agreement_terms


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
        order, lines = await self._order(agreement)
        lines = await self._change(order, lines)
        first, second = await self._deliver(order, lines)
        await self._inspect(first, second, lines)
        await self._close(order, first, second)
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

    async def _order(self, agreement: str) -> tuple[str, list[dict[str, Any]]]:
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
        return order, document["order_line"]

    async def _change(self, order: str, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The supplier changes quantity and date of the second line; the brand accepts."""
        changed = lines[1]
        quantity = _part(changed, Decimal("0.9"))
        response = {
            "document_type": "OrderResponse",
            "schema_version": 2,
            "id": "OR-5001",
            "issue_date": TODAY,
            "order_response_code": "CA",
            "order_reference": {"id": order},
            "order_line": [
                {
                    "id": changed["id"],
                    "order_line_reference": {"line_id": changed["id"]},
                    "line_status_code": "3",
                    "quantity": quantity,
                    "promised_delivery_period": {
                        "start_date": "2027-02-15",
                        "end_date": "2027-02-19",
                    },
                    "note": ["The mill delivers one week later and short of a tenth."],
                }
            ],
        }
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

    async def _deliver(self, order: str, lines: list[dict[str, Any]]) -> tuple[str, str]:
        self.show.chapter("Two partial deliveries, one of them short")
        half = [(line, _part(line, Decimal("0.5"))) for line in lines]
        rest = [(line, _minus(line["quantity"], part)) for line, part in half]
        first = await self._despatch(order, "DA-9001", half)
        second = await self._despatch(order, "DA-9002", rest)
        await self._receive(order, first, "RA-3001", half, short=None)
        await self._receive(order, second, "RA-3002", rest, short=lines[0]["id"])
        return first, second

    async def _despatch(
        self, order: str, number: str, parts: list[tuple[dict[str, Any], dict[str, str]]]
    ) -> str:
        advice = {
            "document_type": "DespatchAdvice",
            "schema_version": 2,
            "id": number,
            "issue_date": TODAY,
            "order_reference": {"id": order},
            "despatch_line": [
                {
                    "id": line["id"],
                    "order_line_reference": {"line_id": line["id"]},
                    "delivered_quantity": part,
                }
                for line, part in parts
            ],
        }
        answer = await self.supplier.post(
            f"/v1/orders/{order}/deliveries/despatch", {"document": advice}
        )
        delivery: str = answer["delivery"]
        await self.show.recorded(
            self.supplier, answer, f"delivery {delivery}", f"despatched {number}"
        )
        return delivery

    async def _receive(
        self,
        order: str,
        delivery: str,
        number: str,
        parts: list[tuple[dict[str, Any], dict[str, str]]],
        short: str | None,
    ) -> None:
        await self.brand.until(
            f"/v1/deliveries/{delivery}",
            lambda found: found["state"] == "Despatched" and found["document"] is not None,
            f"{self.brand.name} to open delivery {delivery}",
        )
        receipt = {
            "document_type": "ReceiptAdvice",
            "schema_version": 2,
            "id": number,
            "issue_date": TODAY,
            "order_reference": {"id": order},
            "receipt_line": [
                _receipt_line(line, part, line["id"] == short) for line, part in parts
            ],
        }
        action = "receive" if short is None else "receive-partially"
        answer = await self.brand.post(f"/v1/deliveries/{delivery}/{action}", {"document": receipt})
        what = f"received {number}" + ("" if short is None else f", line {short} short by 2")
        await self.show.recorded(self.brand, answer, f"delivery {delivery}", what)

    async def _inspect(self, first: str, second: str, lines: list[dict[str, Any]]) -> None:
        self.show.chapter("Quality: one line passes, another fails and goes back")
        failed = lines[1]
        report = _quality_report("QR-7001", lines, failed["id"])
        answer = await self.brand.post(
            f"/v1/deliveries/{first}/quality-reports", {"document": report}
        )
        subject = f"delivery {first}"
        what = f"reported quality: line {lines[0]['id']} passes, line {failed['id']} fails"
        await self.show.recorded(self.brand, answer, subject, what)
        instruction = {
            "document_type": "ReturnInstruction",
            "schema_version": 2,
            "id": "RI-1001",
            "issue_date": TODAY,
            "quality_report_reference": {"id": "QR-7001"},
            "return_action_code": "credit",
            "return_line": [
                {
                    "id": failed["id"],
                    "order_line_reference": {"line_id": failed["id"]},
                    "returned_quantity": _part(failed, Decimal("0.5")),
                    "return_reason": ["Teeth come off at 60 N; 90 N were agreed."],
                }
            ],
        }
        answer = await self.brand.post(f"/v1/deliveries/{first}/return", {"document": instruction})
        await self.show.recorded(self.brand, answer, subject, "returned the failed goods")
        report = _quality_report("QR-7002", lines, None)
        answer = await self.brand.post(
            f"/v1/deliveries/{second}/quality-reports", {"document": report}
        )
        await self.show.recorded(self.brand, answer, f"delivery {second}", "passed all of it")

    async def _close(self, order: str, first: str, second: str) -> None:
        self.show.chapter("Settled by the one, closed by the other")
        for delivery, state in ((first, "Returned"), (second, "Passed")):
            await self._wait(self.supplier, f"deliveries/{delivery}", state)
            answer = await self.supplier.post(f"/v1/deliveries/{delivery}/settle")
            await self.show.recorded(self.supplier, answer, f"delivery {delivery}", "settled it")
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
            await self.brand.post(f"/v1/orders/{order}/dispute", {"document": _notice()})
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


def _quality_report(number: str, lines: list[dict[str, Any]], failed: str | None) -> dict[str, Any]:
    return {
        "document_type": "QualityReport",
        "schema_version": 2,
        "id": number,
        "issue_date": TODAY,
        "inspection_line": [
            {
                "id": line["id"],
                "order_line_reference": {"line_id": line["id"]},
                "inspected_quantity": _part(line, Decimal("0.5")),
                "sampling_plan": "ISO 2859-1 level II, AQL 2.5",
                "characteristic": [
                    {
                        "id": "1",
                        "name": "Pull-off force of the slider",
                        "unit_code": "NEW",
                        "lower_limit": "90",
                        "measured_value": [{"value": "60" if line["id"] == failed else "112"}],
                        "conforms": line["id"] != failed,
                    }
                ],
                "usage_decision": "fail" if line["id"] == failed else "pass",
            }
            for line in lines
        ],
    }


def _receipt_line(line: dict[str, Any], part: dict[str, str], is_short: bool) -> dict[str, Any]:
    received = {
        "id": line["id"],
        "order_line_reference": {"line_id": line["id"]},
        "received_quantity": part,
    }
    if is_short:
        short = {"value": "2", "unit_code": part["unit_code"]}
        received |= {"received_quantity": _minus(part, short), "short_quantity": short}
    return received


def _notice() -> dict[str, Any]:
    return {
        "document_type": "DisputeNotice",
        "schema_version": 2,
        "id": "DN-1",
        "issue_date": TODAY,
        "reason": "Second thoughts",
    }


def _part(line: dict[str, Any], share: Decimal) -> dict[str, str]:
    """A share of a line's quantity, in whole units."""
    whole = Decimal(line["quantity"]["value"])
    return {"value": str(int(whole * share)), "unit_code": line["quantity"]["unit_code"]}


def _minus(quantity: dict[str, str], part: dict[str, str]) -> dict[str, str]:
    left = Decimal(quantity["value"]) - Decimal(part["value"])
    return {"value": str(left), "unit_code": quantity["unit_code"]}
