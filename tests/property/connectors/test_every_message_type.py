"""Documents drawn at random are written, read, and equal, in every message type there is."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from gateway.connectors.json import document as json
from gateway.connectors.message import ConnectorRefused
from ledger.document.part import Document
from tests.property.connectors.cases import CASES, Case
from tests.property.connectors.documents import documents
from tests.property.connectors.plain import BOTH, GOODS, PLAIN, plain

DEEP = bool(os.environ.get("DEEP"))
DRAWN = settings(
    max_examples=400 if DEEP else 5,
    derandomize=not DEEP,
    deadline=None,
    # Whole documents take long to shrink, and are understood without.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)

_PROMISE = frozenset({"/order_line/*/promised_delivery_period/end_date"})
_ORDER_OF_LINES = frozenset({"/order_reference/id", "/order_reference/issue_date"})
_SCHEMES = frozenset(
    f"/{side}_party/identifications/*/scheme_id"
    for side in (
        *("buyer_customer", "seller_supplier", "delivery_customer", "despatch_supplier"),
        *("accounting_customer", "accounting_supplier"),
    )
)
_ENDPOINTS = ("endpoint_id", "endpoint_scheme")
_OF_CXML = (*_ENDPOINTS, "name")
LIMITS: dict[str, frozenset[str]] = {
    "edifact ORDCHG OrderChange": frozenset({"/order_reference/issue_date"}),
    "edifact QALITY QualityReport": frozenset(f"/inspector_party/{name}" for name in _ENDPOINTS),
    # A request of cXML names who sends it by one number in its header.
    "cxml order_request": frozenset(
        {"/document_currency_code", "/order_type_code", "/seller_supplier_party/name"}
        | {f"/{side}/{name}" for side in BOTH for name in _ENDPOINTS}
    ),
    "cxml confirmation_request": frozenset(
        {f"/{side}/{name}" for side in BOTH for name in _OF_CXML}
        | {"/order_line/*/item/name", "/order_line/*/item/sellers_item_identification/id"}
    ),
    "cxml ship_notice_request": frozenset(
        {f"/{side}/{name}" for side in GOODS for name in _OF_CXML}
    ),
    "cxml invoice_detail_request": frozenset(
        f"/accounting_{side}_party/{name}"
        for side in ("customer", "supplier")
        for name in _ENDPOINTS
    ),
}
"""Fields of plain documents that a message type has no place for."""

BY_RULE = re.compile(
    r"/\w+_party/endpoint_(id|scheme)$|/standard_item_identification/scheme_id$|/street_name$"
)
"""What is read whatever a document says: endpoints from the envelope, the scheme of a GTIN, and the
first line of an address as its street.
"""

ADDED: dict[str, frozenset[str]] = {
    "x12 850 Order": frozenset({"/order_type_code"}),
    "edifact ORDERS Order": frozenset({"/order_type_code"}),
    "x12 855 OrderResponse": _PROMISE,
    "x12 865 OrderResponse": _PROMISE,
    "edifact ORDRSP OrderResponse": _PROMISE,
    "x12 863 QualityReport": frozenset({"/quality_report_type_code"}),
    # A place that has a name only is a party of this name.
    "x12 860 OrderChange": frozenset({"/delivery/*/delivery_party/name"}),
    "edifact ORDCHG OrderChange": frozenset({"/delivery/*/delivery_party/name"}),
    # What all lines say of their order is said of the whole.
    "x12 856 DespatchAdvice": _ORDER_OF_LINES,
    "edifact DESADV DespatchAdvice": _ORDER_OF_LINES,
    "cxml order_request": _SCHEMES
    | {"/document_currency_code", "/order_line/*/item/commodity_classification/*/list_id"},
    "cxml confirmation_request": _SCHEMES,
    "cxml ship_notice_request": _SCHEMES
    | {
        "/despatch_line/*/order_line_reference/document_reference/id",
        "/despatch_line/*/order_line_reference/document_reference/issue_date",
    },
    "cxml invoice_detail_request": _SCHEMES
    | frozenset(
        {
            "/invoice_line/*/order_line_reference/document_reference/id",
            "/invoice_line/*/order_line_reference/document_reference/issue_date",
            "/invoice_line/*/order_line_reference/line_id",
        }
    ),
}
"""Fields that a message must have, and that are then read though a document left them out."""


def _leaves(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{at}/{name}")
    elif isinstance(value, tuple):
        for nth, inner in enumerate(value):
            yield from _leaves(inner, f"{at}/{nth}")
    else:
        yield at, value


def _said(document: Document) -> dict[str, Any]:
    fields = document.model_dump(exclude_defaults=True)
    return {at: value for at, value in _leaves(fields) if "/extras/" not in at}


def _pattern(pointer: str) -> str:
    return re.sub(r"/\d+", "/*", pointer)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_plain_documents_come_back_equal(case: Case) -> None:
    limits = LIMITS.get(case.name, frozenset()) | ADDED.get(case.name, frozenset())

    @DRAWN
    @given(plain(case.model))
    def comes_back(document: Document) -> None:
        before, after = _said(document), _said(case.parse(case.write(document)))
        different = {
            _pattern(pointer)
            for pointer in before.keys() | after.keys()
            if before.get(pointer) != after.get(pointer)
        }
        assert different <= limits

    comes_back()


@pytest.mark.parametrize("model", PLAIN, ids=lambda model: model.__name__)
def test_documents_come_back_equal_in_plain_json(model: type[Document]) -> None:
    @DRAWN
    @given(documents(model))
    def comes_back(document: Document) -> None:
        assert json.parse(json.render(document)) == document

    comes_back()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_any_document_comes_back_but_for_what_is_listed(case: Case) -> None:
    added = ADDED.get(case.name, frozenset())

    @DRAWN
    @given(documents(case.model))
    def comes_back(document: Document) -> None:
        try:
            content = case.write(document)
        except ConnectorRefused:
            return
        after = case.parse(content)
        assert case.parse(case.write(after)) == after
        unheld = case.unheld(document)
        before, said = _said(document), _said(after)
        for pointer in before.keys() | said.keys():
            is_known = BY_RULE.search(pointer) or _pattern(pointer) in added
            if before.get(pointer) != said.get(pointer) and not is_known:
                assert pointer.startswith(unheld), f"{pointer} is listed as lost"

    comes_back()
