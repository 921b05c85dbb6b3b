"""Bills go with what the seller does, and documents of earlier versions are taken along."""

from typing import Any

from gateway.connectors.ubl import invoice as ubl
from ledger.document import parse_document
from ledger.document.invoice import Invoice
from tests.e2e.gateway.story import act, opened, reach
from tests.e2e.gateway.world import Desk
from tests.unit.gateway import papers


async def passed(brand: Desk, supplier: Desk, agreement: str) -> tuple[str, str]:
    """Have a delivery of 6 pieces passed; gives the order and the delivery's path."""
    content = papers.order("6") | {"schema_version": 1}
    body = {"agreement": agreement, "document": content}
    order: str = (await brand.record("/v1/orders", body))["order"]
    await opened(supplier, order)
    await supplier.record(f"/v1/orders/{order}/confirm")
    advice = act(papers.despatch(l1="6"))
    despatched = await supplier.record(f"/v1/orders/{order}/deliveries/despatch", advice)
    delivery = f"/v1/deliveries/{despatched['delivery']}"
    await brand.until(delivery, lambda found: found["document"])
    await brand.record(f"{delivery}/receive", act(papers.receipt(("d1", "6", "0"))))
    report = act(papers.report(("1", "6", "pass")))
    await brand.record(f"{delivery}/quality-reports", report)
    await reach(supplier, delivery, "Passed")
    # A bill rests on all that was recorded before it.
    await supplier.until(f"/v1/orders/{order}", lambda found: found["unopened"] == [])
    return order, delivery


async def test_invoice_settles_a_delivery_and_reaches_the_buyer(
    brand: Desk, supplier: Desk, agreement: str
) -> None:
    order, delivery = await passed(brand, supplier, agreement)
    invoice = papers.invoice(("1", "6", "2.5"))
    wrong = await supplier.post(f"{delivery}/settle", act(without_a_cent(invoice)))
    assert "payable_amount" in wrong.refused(422, "DocumentInvalid")["findings"][0]["message"]
    unfit = await supplier.post(f"{delivery}/settle", act(papers.despatch(l1="6")))
    unfit.refused(422, "DocumentUnfit")
    await supplier.record(f"{delivery}/settle", act(invoice))
    await reach(brand, delivery, "Settled")

    issued, *_, settled = await timeline(brand, order)
    assert (settled["event"], settled["document_type"]) == ("DeliverySettled", "Invoice")
    document = await brand.read(f"/v1/documents/{settled['commitment']}")
    assert document["body"]["legal_monetary_total"]["payable_amount"]["value"] == "15"
    assert document["findings"] == []
    # What was sent as version 1 is sealed as the present one.
    document = await supplier.read(f"/v1/documents/{issued['commitment']}")
    assert document["body"]["schema_version"] == 2


async def test_bill_of_the_buyer_is_recorded_by_the_seller_who_was_sent_it(
    brand: Desk, supplier: Desk, agreement: str
) -> None:
    order, delivery = await passed(brand, supplier, agreement)
    bill = papers.invoice(("1", "6", "2.5")) | {"invoice_type_code": "389"}
    document = parse_document(bill)
    assert isinstance(document, Invoice)
    own = await brand.post(f"{delivery}/settle", act(bill))
    own.refused(403, "LedgerSeatMissing")

    sent = await supplier.post("/v1/inbox?sender=brand", ubl.render(document))
    body = {"action": "settle", "delivery": delivery.rpartition("/")[2]}
    await supplier.record(f"/v1/inbox/{sent.body['id']}/record", body)
    await reach(brand, delivery, "Settled")
    *_, settled = await timeline(brand, order)
    read = await brand.read(f"/v1/documents/{settled['commitment']}")
    assert (read["body"]["invoice_type_code"], read["findings"]) == ("389", [])


def without_a_cent(invoice: dict[str, Any]) -> dict[str, Any]:
    sums = invoice["legal_monetary_total"] | {"payable_amount": papers.euros("14.99")}
    return invoice | {"legal_monetary_total": sums}


async def timeline(desk: Desk, order: str) -> list[dict[str, Any]]:
    """Read the facts of an order once the last of their documents is opened."""
    path = f"/v1/orders/{order}/timeline"
    found = await desk.until(
        path, lambda read: read["items"][-1].get("document_status") == "opened"
    )
    items: list[dict[str, Any]] = found["items"]
    return items
