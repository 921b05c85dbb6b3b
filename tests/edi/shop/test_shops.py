"""Orders of web shops become orders and come back; what is not signed or not an order does not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.connectors.json.reader import MalformedJson, read_json, write_json
from gateway.connectors.message import ConnectorRefused, UnsupportedDocument
from gateway.connectors.shop import shopify, woocommerce
from gateway.connectors.shop.part import InvalidShopOrder
from gateway.connectors.shop.signature import is_signed, sign
from ledger.document.order import Order

HERE = Path(__file__).parent
SHOPS: dict[str, tuple[Callable[[bytes, str], Order], Callable[[Order], bytes]]] = {
    "shopify": (shopify.parse, shopify.render),
    "woocommerce": (woocommerce.parse, woocommerce.render),
}
SECRET = b"a secret of the shop"


def _content(shop: str, **changes: Any) -> bytes:
    fields = json.loads((HERE / f"{shop}.json").read_bytes())
    return json.dumps(fields | changes).encode()


def _read(shop: str, content: bytes | None = None) -> Order:
    content = (HERE / f"{shop}.json").read_bytes() if content is None else content
    return SHOPS[shop][0](content, "shop.example")


def test_an_order_of_shopify_is_an_order() -> None:
    order = _read("shopify")
    assert (order.id, order.issue_date, order.issue_time) == (
        "#1042",
        "2026-03-01",
        "09:15:00+01:00",
    )
    assert order.buyer_customer_party.name == "Brand AS"
    first, second = order.order_line
    assert first.item.name == "Bolt M8"
    assert first.price is not None
    assert first.price.price_amount.value == "33.33"
    assert first.line_extension_amount is not None
    assert first.line_extension_amount.value == "99.99"
    assert second.quantity.value == "0"
    amounts = [(each.charge_indicator, each.amount.value) for each in order.allowance_charge]
    assert amounts == [(False, "2.5"), (True, "15")]


def test_an_order_of_woocommerce_is_an_order() -> None:
    order = _read("woocommerce")
    assert (order.issue_date, order.issue_time) == ("2026-03-01", "19:28:02Z")
    assert order.note == ("ring twice",)
    first = order.order_line[0]
    assert first.price is not None
    assert first.price.price_amount.value == "3.3333333333333335"
    assert order.anticipated_monetary_total is not None
    assert order.anticipated_monetary_total.line_extension_amount.value == "18"


@pytest.mark.parametrize("shop", SHOPS)
def test_an_order_comes_back_the_same(shop: str) -> None:
    content = (HERE / f"{shop}.json").read_bytes()
    written = SHOPS[shop][1](_read(shop))
    assert read_json(written).value == read_json(content).value


def _older(**members: object) -> bytes:
    """Give the order of WooCommerce as its interface of before 2016 had it."""
    now = read_json((HERE / "woocommerce.json").read_bytes()).value
    order = {
        "order_number": now["number"],
        "created_at": now["date_created_gmt"] + "Z",
        "note": now["customer_note"],
        "billing_address": now["billing"],
        "shipping_address": now["shipping"],
        "view_order_url": "https://shop.example/view-order/1",
    }
    kept = ("status", "currency", "total", "total_tax", "line_items", "shipping_lines")
    return write_json({"order": order | {name: now[name] for name in kept} | members})


def test_an_older_order_of_woocommerce_is_the_same_order_and_comes_back() -> None:
    sent, now = _older(), _read("woocommerce")
    order = _read("woocommerce", sent)
    assert (order.id, order.issue_date, order.issue_time) == (
        now.id,
        now.issue_date,
        now.issue_time,
    )
    assert order.order_line[0].item == now.order_line[0].item
    assert order.delivery == now.delivery
    assert read_json(SHOPS["woocommerce"][1](order)).value == read_json(sent).value


def test_an_older_order_that_is_wrong_is_refused_with_its_own_place() -> None:
    with pytest.raises(InvalidShopOrder) as refused:
        _read("woocommerce", _older(created_at="yesterday"))
    [finding] = refused.value.findings
    assert finding.location.column > 1


@pytest.mark.parametrize("shop", SHOPS)
def test_a_line_that_is_changed_or_removed_is_so_in_what_is_written(shop: str) -> None:
    order = _read(shop)
    line = order.order_line[1]
    longer = line.quantity.model_copy(update={"value": "12"})
    changed = order.model_copy(
        update={"order_line": (line.model_copy(update={"quantity": longer}),)}
    )
    (written,) = read_json(SHOPS[shop][1](changed)).value["line_items"]
    original = json.loads((HERE / f"{shop}.json").read_bytes())["line_items"][1]
    assert written["quantity"] == 12
    assert written["id"] == original["id"]


@pytest.mark.parametrize(
    ("shop", "changes", "path"),
    [
        ("shopify", {"created_at": "2026-03-01T09:15:00"}, "/created_at"),
        ("shopify", {"created_at": "yesterday"}, "/created_at"),
        ("shopify", {"total_price": 1.5e300}, "/total_price"),
        ("shopify", {"line_items": [{"id": 1, "title": "x", "price": "1"}]}, "/quantity"),
        (
            "shopify",
            {"line_items": [{"id": 1, "title": "x", "price": "1", "quantity": -1}]},
            "/quantity",
        ),
        ("shopify", {"line_items": []}, ""),
        ("woocommerce", {"date_created_gmt": "2026-03-01"}, "/date_created_gmt"),
        ("woocommerce", {"date_created_gmt": "2026-02-30T00:00:00"}, ""),
        ("woocommerce", {"total": "12,50"}, "/total"),
        ("woocommerce", {"currency": "dollars"}, ""),
    ],
)
def test_an_order_that_is_wrong_is_refused_with_its_place(
    shop: str, changes: dict[str, Any], path: str
) -> None:
    with pytest.raises(InvalidShopOrder) as refused:
        _read(shop, _content(shop, **changes))
    assert refused.value.findings[0].location.path.endswith(path)
    assert refused.value.findings[0].location.line == 1


@pytest.mark.parametrize(
    ("shop", "content"),
    [
        ("shopify", b"[]"),
        ("shopify", b'{"refund": {}}'),
        ("shopify", _content("shopify", cancelled_at="2026-03-01T10:00:00Z")),
        ("woocommerce", b'{"webhook_id": 3}'),
        ("woocommerce", _content("woocommerce", status="cancelled")),
    ],
)
def test_what_is_no_open_order_is_unsupported(shop: str, content: bytes) -> None:
    with pytest.raises(UnsupportedDocument):
        _read(shop, content)


def test_what_is_no_json_is_malformed() -> None:
    for shop in SHOPS:
        with pytest.raises(MalformedJson):
            _read(shop, b"id=7")


def test_a_signed_message_is_the_shops() -> None:
    assert is_signed(b"body", sign(b"body", SECRET), SECRET)


@pytest.mark.parametrize(
    "signature", [None, "", "no base64!", "ä", sign(b"other", SECRET), sign(b"body", b"other")]
)
def test_a_message_that_the_shop_did_not_sign_is_not(signature: str | None) -> None:
    assert not is_signed(b"body", signature, SECRET)


def test_public_orders_come_back_or_are_refused_with_places(shared: Path) -> None:
    mapped = 0
    for shop in SHOPS:
        for path in sorted((shared / "corpus" / shop).rglob("*.json")):
            mapped += _comes_back(shop, path.read_bytes())
    assert mapped >= 4


def _comes_back(shop: str, content: bytes) -> bool:
    try:
        order = _read(shop, content)
    except ConnectorRefused as error:
        return not all(finding.location.line for finding in error.findings)
    whole = read_json(content).value
    sent = whole.get("order", whole) if shop == "shopify" else whole
    assert read_json(SHOPS[shop][1](order)).value == sent
    return True
