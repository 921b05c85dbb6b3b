"""An order from one gateway to another, from its issue to its close."""

from tests.e2e.gateway.story import act, confirm, issue, opened, reach
from tests.e2e.gateway.world import Desk
from tests.unit.gateway import papers


async def test_order_travels_from_issue_to_close_and_its_numbers_add_up(
    brand: Desk, supplier: Desk, agreement: str
) -> None:
    order = await issue(brand, agreement, "10", "4")
    seen = await opened(supplier, order)
    assert seen["document"]["id"] == "PO-1"
    assert "counter_propose" in seen["allowed_actions"]
    offer = papers.response("CA", papers.answer("2", "3", "3"))
    await supplier.record(f"/v1/orders/{order}/counter-propose", act(offer))
    table = await brand.until(f"/v1/orders/{order}", lambda found: found["proposal"])
    assert table["lines"][1]["confirmed"] is None
    await brand.record(f"/v1/orders/{order}/accept-offer")
    agreed = await reach(supplier, f"/v1/orders/{order}", "Confirmed")
    assert [line["confirmed"]["value"] for line in agreed["lines"]] == ["10", "3"]

    advice = papers.despatch(l1="10", l2="3") | {"order_reference": {"id": order}}
    despatched = await supplier.record(f"/v1/orders/{order}/deliveries/despatch", act(advice))
    delivery = f"/v1/deliveries/{despatched['delivery']}"
    await brand.until(delivery, lambda found: found["document"])
    receipt = papers.receipt(("d1", "9", "1"), ("d2", "3", "0"))
    await brand.record(f"{delivery}/receive-partially", act(receipt))
    report = papers.report(("1", "9", "pass"), ("2", "3", "fail"))
    recorded = await brand.record(f"{delivery}/quality-reports", act(report))
    assert recorded["delivery"] == despatched["delivery"]
    inspected = await reach(brand, delivery, "Conditional")
    assert inspected["quality_report"]["id"] == "QR-1"
    await brand.record(f"{delivery}/return")
    await reach(supplier, delivery, "Returned")
    (held,) = (await supplier.read(f"/v1/findings?status=held&order={order}"))["items"]
    accepted = {"by": "Sales", "reason": "One carton fell off the truck."}
    await supplier.post(f"/v1/findings/{held['id']}/accept", accepted)
    await supplier.record(f"{delivery}/settle")
    await brand.record(f"/v1/orders/{order}/fulfil")
    await reach(supplier, f"/v1/orders/{order}", "Fulfilled")
    await supplier.record(f"/v1/orders/{order}/close")

    closed = await reach(brand, f"/v1/orders/{order}", "Closed")
    first, second = closed["lines"]
    assert (first["received"]["value"], first["short"]["value"]) == ("9", "1")
    assert (first["passed"]["value"], second["failed"]["value"]) == ("9", "3")
    assert second["returned"]["value"] == "3"
    (short,) = closed["findings"]
    assert (short["name"], short["expected"], short["found"]) == ("ReceivedShort", "10", "9")
    assert closed["unopened"] == []
    assert closed["allowed_actions"] == []


async def test_timeline_names_who_signed_what_in_which_transaction(
    brand: Desk, supplier: Desk, agreement: str
) -> None:
    order = await confirm(brand, supplier, agreement)
    facts = (await brand.read(f"/v1/orders/{order}/timeline"))["items"]
    assert [fact["event"] for fact in facts] == ["OrderIssued", "OrderConfirmed"]
    assert [fact["organisation_name"] for fact in facts] == ["brand", "supplier"]
    assert facts[0]["document_type"] == "Order"
    assert facts[0]["document_status"] == "opened"
    for fact in facts:
        assert fact["transaction"].startswith("0x")
        assert fact["gas_used"] > 0
    document = await supplier.read(f"/v1/documents/{facts[0]['commitment']}")
    assert document["subject"] == order
    assert document["body"]["id"] == "PO-1"


async def test_confirmed_order_with_a_receipt_is_shown_as_partially_fulfilled(
    brand: Desk, supplier: Desk, agreement: str
) -> None:
    order = await confirm(brand, supplier, agreement, "10")
    advice = papers.despatch(l1="4")
    despatched = await supplier.record(f"/v1/orders/{order}/deliveries/despatch", act(advice))
    delivery = f"/v1/deliveries/{despatched['delivery']}"
    await brand.until(delivery, lambda found: found["document"])
    await brand.record(f"{delivery}/receive")
    view = await brand.until(
        f"/v1/orders/{order}", lambda found: found["state"] == "PartiallyFulfilled"
    )
    assert view["ledger_state"] == "Confirmed"
    assert view["lines"][0]["received"] == {"value": "4", "unit_code": "C62"}
    listed = await brand.read(f"/v1/deliveries?order={order}")
    assert [item["id"] for item in listed["items"]] == [despatched["delivery"]]


async def test_intent_tells_signer_transaction_and_gas(brand: Desk, agreement: str) -> None:
    body = {"agreement": agreement, "document": papers.order()}
    intent = (await brand.record("/v1/orders", body))["intent"]
    view = await brand.read(f"/v1/intents/{intent}")
    assert view["status"] == "recorded"
    assert view["signer"].startswith("0x")
    assert view["transaction"].startswith("0x")
    assert view["gas_used"] > 21_000
