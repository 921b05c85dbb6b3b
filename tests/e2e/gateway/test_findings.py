"""A document that contradicts what was agreed waits for a person, who accepts or disputes it."""

from typing import Any

from tests.e2e.gateway.story import act, confirm, reach
from tests.e2e.gateway.world import STRANGER, Desk, World
from tests.unit.gateway import papers

JANE = {"by": "Jane Doe, goods in", "reason": "They told us by telephone."}


async def overshipped(brand: Desk, supplier: Desk, agreement: str) -> tuple[str, Any]:
    """Ship 11 of 10; gives the path of the delivery and what the brand finds."""
    order = await confirm(brand, supplier, agreement, "10")
    path = f"/v1/orders/{order}/deliveries/despatch"
    delivery = (await supplier.record(path, act(papers.despatch(l1="11"))))["delivery"]
    held = await brand.until(f"/v1/findings?status=held&order={order}", lambda page: page["items"])
    (found,) = held["items"]
    assert (found["delivery"], found["document_type"]) == (delivery, "DespatchAdvice")
    return f"/v1/deliveries/{delivery}", found


async def test_what_is_held_is_not_built_on_until_a_person_accepts_it(
    brand: Desk, supplier: Desk, agreement: str
) -> None:
    delivery, held = await overshipped(brand, supplier, agreement)
    (finding,) = held["findings"]
    assert finding["name"] == "ShippedOverConfirmed"
    assert finding["path"] == "/despatch_line/0/delivered_quantity"
    assert (finding["line"], finding["expected"], finding["found"]) == ("1", "10", "11")
    assert finding["policy"] == "hold"
    refused = await brand.post(f"{delivery}/receive")
    assert (refused.status, refused.body["error"]) == (409, "DocumentHeld")
    assert refused.body["context"]["documents"] == [held["id"]]

    path = f"/v1/findings/{held['id']}"
    accepted = await brand.post(f"{path}/accept", JANE)
    assert (accepted.status, accepted.body["status"]) == (200, "accepted")
    assert accepted.body["decision"]["by"] == JANE["by"]
    for again in ("accept", "dispute"):
        twice = await brand.post(f"{path}/{again}", JANE)
        assert (twice.status, twice.body["error"]) == (409, "FindingDecided")
    await brand.record(f"{delivery}/receive")
    assert (await brand.read(path))["decision"]["reason"] == JANE["reason"]


async def test_a_person_disputes_with_a_name_and_a_reason_the_other_side_reads(
    brand: Desk, supplier: Desk, agreement: str
) -> None:
    delivery, held = await overshipped(brand, supplier, agreement)
    path = f"/v1/findings/{held['id']}"
    nameless = await brand.post(f"{path}/dispute", {"by": " ", "reason": "so"})
    assert (nameless.status, nameless.body["error"]) == (422, "RequestInvalid")
    disputed = await brand.record(f"{path}/dispute", JANE)
    assert disputed["delivery"] == held["delivery"]
    await reach(supplier, delivery, "Disputed")
    decided = await brand.read(path)
    assert (decided["status"], decided["decision"]["intent"]) == ("disputed", disputed["intent"])
    timeline = await supplier.until(
        f"/v1/orders/{held['order']}/timeline",
        lambda read: read["items"][-1]["document_status"] == "opened",
    )
    notice = f"/v1/documents/{timeline['items'][-1]['commitment']}"
    body = (await supplier.read(notice))["body"]
    assert body["note"] == [JANE["reason"]]
    assert "expected 10, found 11" in body["reason"]


async def test_findings_belong_to_the_organisation_that_has_to_decide(
    world: World, brand: Desk, supplier: Desk, agreement: str
) -> None:
    _, held = await overshipped(brand, supplier, agreement)
    assert (await supplier.read(f"/v1/findings?order={held['order']}"))["items"] == []
    for path in ("999999", "x", held["id"] + "0" * 30):
        answer = await supplier.get(f"/v1/findings/{path}")
        assert (answer.status, answer.body["error"]) == (404, "FindingUnknown")
    async with world.desk(STRANGER) as stranger:
        assert (await stranger.read("/v1/findings"))["items"] == []
        assert (await stranger.post(f"/v1/findings/{held['id']}/accept", JANE)).status == 404
    shown = await supplier.read(f"/v1/orders/{held['order']}")
    assert [each["name"] for each in shown["findings"]] == ["ShippedOverConfirmed"]


async def test_terms_that_name_others_than_those_who_sit_are_refused(
    brand: Desk, supplier: Desk
) -> None:
    seats = {"buyer": brand.number, "seller": supplier.number}
    terms = papers.terms(brand.number, brand.number)
    body = {"seats": seats, "notice_days": 1, "terms": terms}
    refused = (await brand.post("/v1/agreements", body)).refused(422, "DocumentUnfit")
    (finding,) = refused["findings"]
    assert (finding["name"], finding["path"]) == (
        "SeatOther",
        "/terms/agreement_party/1/organisation_id",
    )
    assert (finding["expected"], finding["found"]) == (str(supplier.number), str(brand.number))
