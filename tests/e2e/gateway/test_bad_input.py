"""Bad input: each has its name and status, and nothing of it is kept."""

import asyncio
import re
import secrets
from typing import Any

import pytest

from gateway.connectors.ubl.order import render
from ledger.document import parse_document
from ledger.document.order import Order
from ledger.identifier import parse_agreement, parse_order
from ledger.intent import Intent, digest
from ledger.lifecycle import row_named
from tests.e2e.gateway.story import act, confirm, issue, opened, reach
from tests.e2e.gateway.world import BRAND, SUPPLIER, Desk, World
from tests.unit.gateway import papers

XML = {"Content-Type": "application/xml"}


async def untouched(desk: Desk, order: str, state: str, facts: int) -> None:
    """Nothing was recorded, and nothing is on its way either."""
    view = await desk.read(f"/v1/orders/{order}")
    timeline = await desk.read(f"/v1/orders/{order}/timeline")
    assert (view["ledger_state"], len(timeline["items"])) == (state, facts)


async def orders_of(desk: Desk, agreement: str) -> int:
    page = await desk.read(f"/v1/orders?agreement={agreement}&limit=500")
    return len(page["items"])


async def test_unknown_agreement_is_refused(brand: Desk) -> None:
    body = {"agreement": f"A{brand.number}-999", "document": papers.order()}
    (await brand.post("/v1/orders", body)).refused(404, "AgreementUnknown")


async def test_wrong_role_is_refused(brand: Desk, supplier: Desk, agreement: str) -> None:
    order = await issue(brand, agreement)
    problem = (await brand.post(f"/v1/orders/{order}/acknowledge")).refused(
        403, "LedgerSeatMissing"
    )
    assert problem["context"]["action"] == "acknowledge"
    body = {"agreement": agreement, "document": papers.order()}
    (await supplier.post("/v1/orders", body)).refused(403, "LedgerSeatMissing")
    await untouched(brand, order, "Issued", 1)


async def test_wrong_state_is_refused_and_names_what_would_be_allowed(
    brand: Desk, agreement: str
) -> None:
    order = await issue(brand, agreement)
    problem = (await brand.post(f"/v1/orders/{order}/fulfil")).refused(409, "OrderUnexpectedState")
    assert problem["context"]["current"] == "Issued"
    assert problem["context"]["allowed"] == ["Confirmed"]
    await untouched(brand, order, "Issued", 1)


async def test_stale_version_is_refused_where_the_state_alone_would_allow_it(
    brand: Desk, supplier: Desk, agreement: str
) -> None:
    order = await issue(brand, agreement, "10")
    seen = await supplier.get(f"/v1/orders/{order}")
    while seen.status != 200:
        seen = await supplier.get(f"/v1/orders/{order}")
    await brand.record(f"/v1/orders/{order}/revise", act(papers.order("7")))
    revised = await supplier.until(
        f"/v1/orders/{order}", lambda found: found["etag"] != seen.headers["ETag"]
    )
    await supplier.until(f"/v1/orders/{order}", lambda found: not found["unopened"])
    stale = {"If-Match": seen.headers["ETag"]}
    problem = (await supplier.post(f"/v1/orders/{order}/confirm", **stale)).refused(
        412, "VersionStale"
    )
    assert problem["context"]["etag"] == revised["etag"]
    await untouched(supplier, order, "Issued", 2)
    await supplier.record(f"/v1/orders/{order}/confirm", **{"If-Match": revised["etag"]})


async def test_two_who_act_on_one_state_are_not_both_recorded(
    brand: Desk, supplier: Desk, agreement: str
) -> None:
    order = await issue(brand, agreement)
    await opened(supplier, order)
    wait = {"Prefer": "wait=20"}
    answers = await asyncio.gather(
        brand.post(f"/v1/orders/{order}/withdraw", **wait),
        supplier.post(f"/v1/orders/{order}/reject", **wait),
    )
    assert sorted(answer.status for answer in answers) == [202, 409]
    loser = next(answer for answer in answers if answer.status == 409)
    loser.refused(409, "OrderUnexpectedState")


def signed_by(
    world: World, alias: str, order: str, action: str, deadline: int, nonce: int
) -> dict[str, Any]:
    """An intent that a member signs by itself."""
    number = parse_order(order)
    row = row_named("order", action)
    intent = Intent(
        world.numbers[alias], number.agreement, row.id, number.number, 0, deadline, nonce
    )
    signature = world.signing[alias].sign(digest(world.deployment.order_domain, intent))
    return {
        "agreement": order.rpartition("-")[0],
        "action": action,
        "number": number.number,
        "deadline": deadline,
        "nonce": str(nonce),
        "signature": "0x" + signature.hex(),
    }


async def test_intent_signed_elsewhere_is_recorded_once_and_its_replay_refused(
    world: World, brand: Desk, supplier: Desk, agreement: str
) -> None:
    order = await issue(brand, agreement)
    await opened(supplier, order)
    nonce = secrets.randbits(200)
    body = signed_by(world, SUPPLIER, order, "acknowledge", 2**40, nonce)
    recorded = await supplier.record("/v1/intents", body)
    assert recorded["order"] == order
    await reach(supplier, f"/v1/orders/{order}", "Acknowledged")
    again = signed_by(world, SUPPLIER, order, "confirm", 2**40, nonce)
    (await supplier.post("/v1/intents", again)).refused(409, "IntentReplayed")
    (await supplier.post("/v1/intents", body)).refused(409, "IntentReplayed")
    await untouched(supplier, order, "Acknowledged", 2)


async def test_expired_intent_is_refused(
    world: World, brand: Desk, supplier: Desk, agreement: str
) -> None:
    order = await issue(brand, agreement)
    await opened(supplier, order)
    body = signed_by(world, SUPPLIER, order, "acknowledge", 1_000, secrets.randbits(200))
    (await supplier.post("/v1/intents", body)).refused(409, "IntentExpired")
    await untouched(supplier, order, "Issued", 1)


async def test_intent_signed_by_a_foreign_key_is_refused(
    world: World, brand: Desk, supplier: Desk, agreement: str
) -> None:
    order = await issue(brand, agreement)
    await opened(supplier, order)
    body = signed_by(world, SUPPLIER, order, "acknowledge", 2**40, secrets.randbits(200))
    other = signed_by(world, BRAND, order, "acknowledge", 2**40, int(body["nonce"]))
    body["signature"] = other["signature"]
    (await supplier.post("/v1/intents", body)).refused(403, "IntentUnauthorised")
    await untouched(supplier, order, "Issued", 1)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"<Order", "MalformedXml"),
        (b"", "MalformedXml"),
        (b'<!DOCTYPE x [<!ENTITY e "e">]><Order>&e;</Order>', "ForbiddenXml"),
        (b"<Invoice/>", "UnsupportedDocument"),
    ],
)
async def test_malformed_xml_is_refused_with_its_place(
    brand: Desk, agreement: str, content: bytes, error: str
) -> None:
    before = await orders_of(brand, agreement)
    answer = await brand.post(f"/v1/orders?agreement={agreement}", content, **XML)
    problem = answer.refused(422, error)
    assert problem["findings"][0]["line"] >= 1
    assert await orders_of(brand, agreement) == before


async def test_ubl_order_is_taken_and_one_of_another_type_refused(
    brand: Desk, agreement: str
) -> None:
    order = parse_document(papers.order())
    assert isinstance(order, Order)
    path = f"/v1/orders?agreement={agreement}"
    recorded = await brand.record(path, render(order), **XML)
    view = await brand.read(f"/v1/orders/{recorded['order']}")
    assert view["document"]["id"] == "PO-1"
    text = {"Content-Type": "text/csv"}
    (await brand.post(path, b"a;b", **text)).refused(415, "MediaTypeUnsupported")
    (await brand.post("/v1/orders", render(order), **XML)).refused(422, "RequestInvalid")


async def test_invalid_document_lists_everything_wrong_with_it(brand: Desk, agreement: str) -> None:
    document = papers.order("1.5.", "-4") | {"issue_date": "2026-02-30"}
    answer = await brand.post("/v1/orders", {"agreement": agreement, "document": document})
    problem = answer.refused(422, "DocumentInvalid")
    assert {finding["path"] for finding in problem["findings"]} == {
        "/issue_date",
        "/order_line/0/quantity/value",
        "/order_line/1/quantity/value",
    }


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"{", "RequestInvalid"),
        (b"[]", "RequestInvalid"),
        (b'{"document": {}, "document": {}}', "RequestInvalid"),
        (b'{"documents": {}}', "RequestInvalid"),
        (b'{"document": {"document_type": "Poem"}}', "DocumentTypeUnknown"),
        (b'{"document": 7}', "RequestInvalid"),
        (b"[" * 100_000, "RequestInvalid"),
        (b'{"document": "\xff"}', "RequestInvalid"),
    ],
)
async def test_body_of_another_shape_is_refused(
    brand: Desk, agreement: str, body: bytes, error: str
) -> None:
    order = await issue(brand, agreement)
    (await brand.post(f"/v1/orders/{order}/withdraw", body)).refused(422, error)
    await untouched(brand, order, "Issued", 1)


async def test_body_above_the_limit_is_refused(brand: Desk, agreement: str) -> None:
    body = {"agreement": agreement, "document": papers.order() | {"note": ["x" * 200_000]}}
    (await brand.post("/v1/orders", body)).refused(413, "BodyTooLarge")


@pytest.mark.parametrize(
    ("path", "document", "rule"),
    [
        ("confirm", papers.response("AP", papers.answer("9", "5")), "LineUnknown"),
        ("confirm", papers.response("CA"), "ResponseCodeOther"),
        ("confirm", papers.order(), "DocumentTypeOther"),
        ("counter-propose", None, "DocumentRequired"),
        (
            "counter-propose",
            papers.response("CA", papers.answer("1", "3", quantity=papers.pieces("3", "KGM"))),
            "UnitOther",
        ),
    ],
)
async def test_document_that_does_not_fit_is_refused_by_rule(
    brand: Desk,
    supplier: Desk,
    agreement: str,
    path: str,
    document: dict[str, Any] | None,
    rule: str,
) -> None:
    order = await issue(brand, agreement)
    await opened(supplier, order)
    answer = await supplier.post(f"/v1/orders/{order}/{path}", act(document))
    problem = answer.refused(422, "DocumentUnfit")
    assert [finding["name"] for finding in problem["findings"]] == [rule]
    await untouched(supplier, order, "Issued", 1)


async def test_delivery_of_unknown_line_and_of_another_order_is_refused(
    brand: Desk, supplier: Desk, agreement: str
) -> None:
    order = await confirm(brand, supplier, agreement)
    path = f"/v1/orders/{order}/deliveries/despatch"
    for document, rule in (
        (papers.despatch(l7="1"), "LineUnknown"),
        (papers.despatch(l1="1") | {"order_reference": {"id": "PO-2"}}, "OrderOther"),
    ):
        problem = (await supplier.post(path, act(document))).refused(422, "DocumentUnfit")
        assert [finding["name"] for finding in problem["findings"]] == [rule]
    assert (await supplier.read(f"/v1/deliveries?order={order}"))["items"] == []


async def test_unknown_action_path_and_method_are_named(brand: Desk, agreement: str) -> None:
    order = await issue(brand, agreement)
    (await brand.post(f"/v1/orders/{order}/explode")).refused(404, "ActionUnknown")
    (await brand.post(f"/v1/orders/{order}/issue")).refused(404, "ActionUnknown")
    (await brand.get("/v1/nothing")).refused(404, "PathUnknown")
    (await brand.post("/healthz")).refused(405, "MethodNotAllowed")
    (await brand.get("/v1/orders/O12")).refused(422, "IdentifierMalformed")


async def test_request_without_a_key_or_with_a_wrong_one_is_refused(brand: Desk) -> None:
    for header, error in (
        ({"Authorization": ""}, "AuthenticationMissing"),
        ({"Authorization": "Bearer consign_nobody"}, "ApiKeyUnknown"),
    ):
        for path in ("/v1/orders", "/v1/events", "/v1/agreements", "/v1/intents/1"):
            answer = await brand.get(path, **header)
            answer.refused(401, error)
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_terms_that_are_not_on_the_table_cannot_be_signed(
    brand: Desk, supplier: Desk
) -> None:
    body = {
        "seats": {"buyer": brand.number, "seller": supplier.number},
        "notice_days": 30,
        "terms": papers.terms(brand.number, supplier.number),
    }
    agreement = (await brand.record("/v1/agreements", body))["agreement"]
    path = f"/v1/agreements/{agreement}"
    await supplier.until(path, lambda found: found["terms"])
    other = {"commitment": "0x" + "ab" * 32}
    (await supplier.post(f"{path}/sign", other)).refused(409, "AgreementTermsDiffer")
    (await supplier.post(f"{path}/propose", {})).refused(404, "ActionUnknown")
    (await supplier.post(f"{path}/give-notice", {})).refused(409, "AgreementUnexpectedState")
    assert parse_agreement(agreement)
    view = await supplier.read(path)
    assert view["state"] == "Proposed"
    assert "sign" in view["allowed_actions"]


async def test_unknown_and_malformed_blocks_are_named(brand: Desk) -> None:
    missing = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
    (await brand.get(f"/v1/blocks/{missing}")).refused(404, "BlockMissing")
    (await brand.get("/v1/blocks/nonsense")).refused(422, "CidInvalid")
    path = "/v1/blocks/fetch"
    (await brand.post(path, {"cids": [missing, "nonsense"]})).refused(422, "CidInvalid")
    (await brand.post(path, {"cids": []})).refused(422, "RequestInvalid")
    (await brand.post(path, {"cids": [missing] * 257})).refused(422, "RequestInvalid")


@pytest.mark.parametrize("value", ["%00", "4294967296", "9223372036854775808", "A1-1-O4294967296"])
async def test_no_spelling_of_an_identifier_breaks_a_gateway(brand: Desk, value: str) -> None:
    schema = await brand.read("/openapi.json")
    reads = [path for path, methods in schema["paths"].items() if "get" in methods and "{" in path]
    assert len(reads) > 10
    for path in reads:
        answer = await brand.get(re.sub(r"\{.*?\}", value, path))
        assert answer.status in (200, 404, 422), (path, answer.content)


async def test_a_nul_in_a_description_is_refused_before_a_database_sees_it(brand: Desk) -> None:
    body = {"url": "https://example.com/", "description": "a\0b"}
    (await brand.post("/v1/webhooks", body)).refused(422, "RequestInvalid")
