"""Any document the model allows survives its UBL message, where UBL has a place for all of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.connectors.ubl import (
    despatch_advice,
    order_cancellation,
    order_change,
    order_response,
    order_response_simple,
    receipt_advice,
)
from ledger.document.delivery import Delivery, Package, Shipment
from ledger.document.despatch_advice import DespatchAdvice, DespatchLine
from ledger.document.item import Item
from ledger.document.order_cancellation import OrderCancellation
from ledger.document.order_change import OrderChange, OrderChangeLine
from ledger.document.order_response import OrderResponse, OrderResponseLine
from ledger.document.receipt_advice import ReceiptAdvice, ReceiptLine
from ledger.document.reference import DocumentReference, LineReference
from tests.property.connectors.test_ubl_order import (
    CHARGES,
    CODES,
    DATES,
    DELIVERIES,
    ITEMS,
    PARTIES,
    PERIODS,
    QUANTITIES,
    TEXTS,
    maybe,
    several,
)

# UBL has an item without content where documents have none.
TOLD_ITEMS = ITEMS.filter(lambda item: item != Item())
PLAIN = st.builds(DocumentReference, id=TEXTS, issue_date=maybe(DATES))
LINE_REFERENCES = st.builds(LineReference, line_id=TEXTS, document_reference=maybe(PLAIN))
HEAD = {"id": TEXTS, "issue_date": DATES, "note": several(TEXTS)}
SIDES = {"buyer_customer_party": PARTIES, "seller_supplier_party": PARTIES}
STATUSES = st.sampled_from(["1", "3", "5", "7", "42"])


def lines_of(line: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    lines = st.lists(line, min_size=1, max_size=3, unique_by=lambda each: each.id)  # type: ignore[attr-defined]
    return lines.map(tuple)


RESPONSES = st.builds(
    OrderResponse,
    **HEAD,
    **SIDES,
    order_response_code=st.sampled_from(["AB", "AP", "CA", "RE"]),
    order_reference=PLAIN,
    promised_delivery_period=maybe(PERIODS),
    order_line=lines_of(
        st.builds(
            OrderResponseLine,
            id=TEXTS,
            order_line_reference=LINE_REFERENCES,
            line_status_code=STATUSES,
            quantity=maybe(QUANTITIES),
            promised_delivery_period=maybe(PERIODS),
            item=maybe(TOLD_ITEMS),
            substituted_item=maybe(TOLD_ITEMS),
            maximum_backorder_quantity=maybe(QUANTITIES),
        )
    ),
)
CHANGES = st.builds(
    OrderChange,
    **HEAD,
    **SIDES,
    order_reference=PLAIN,
    sequence_number_id=maybe(st.integers(0, 999)),
    delivery=several(DELIVERIES),
    allowance_charge=several(CHARGES),
    order_line=lines_of(
        st.builds(
            OrderChangeLine,
            id=TEXTS,
            line_status_code=STATUSES,
            order_line_reference=maybe(LINE_REFERENCES),
            quantity=maybe(QUANTITIES),
            requested_delivery_period=maybe(PERIODS),
            delivery=several(DELIVERIES),
            item=maybe(TOLD_ITEMS),
        )
    ),
)
CANCELLATIONS = st.builds(
    OrderCancellation, **HEAD, **SIDES, cancellation_note=TEXTS, order_reference=PLAIN
)
DESPATCHES = st.builds(
    DespatchAdvice,
    **HEAD,
    despatch_supplier_party=PARTIES,
    delivery_customer_party=PARTIES,
    order_reference=maybe(PLAIN),
    shipment=maybe(
        st.builds(
            Shipment,
            id=TEXTS,
            information=several(TEXTS),
            gross_weight_measure=maybe(QUANTITIES),
            total_transport_handling_unit_quantity=maybe(st.integers(0, 99)),
            transport_mode_code=maybe(CODES),
            vehicle_id=maybe(TEXTS),
            consignment_id=maybe(TEXTS),
            delivery=maybe(st.builds(Delivery, id=TEXTS, actual_delivery_date=maybe(DATES))),
            package=st.lists(
                st.builds(Package, id=TEXTS, packaging_type_code=maybe(CODES)),
                max_size=2,
                unique_by=lambda each: each.id,
            ).map(tuple),
        )
    ),
    despatch_line=lines_of(
        st.builds(
            DespatchLine,
            id=TEXTS,
            order_line_reference=LINE_REFERENCES,
            delivered_quantity=QUANTITIES,
            outstanding_quantity=maybe(QUANTITIES),
            item=maybe(TOLD_ITEMS),
        )
    ),
)
RECEIPTS = st.builds(
    ReceiptAdvice,
    **HEAD,
    despatch_supplier_party=PARTIES,
    delivery_customer_party=PARTIES,
    despatch_document_reference=maybe(PLAIN),
    actual_delivery_date=maybe(DATES),
    receipt_line=lines_of(
        st.builds(
            ReceiptLine,
            id=TEXTS,
            order_line_reference=LINE_REFERENCES,
            despatch_line_reference=maybe(LINE_REFERENCES),
            received_quantity=QUANTITIES,
            short_quantity=maybe(QUANTITIES),
            rejected_quantity=maybe(QUANTITIES),
            reject_reason=TEXTS.map(lambda text: (text,)),
        )
    ),
)


@given(RESPONSES)
def test_order_response_survives(document: OrderResponse) -> None:
    assert order_response.parse(order_response.render(document)) == document


@given(RESPONSES, st.booleans())
def test_simple_order_response_survives(document: OrderResponse, is_accepted: bool) -> None:
    code = "AP" if is_accepted else "RE"
    bare = {"order_line": (), "promised_delivery_period": None, "order_response_code": code}
    answer = document.model_copy(update=bare)
    assert order_response_simple.parse(order_response_simple.render(answer)) == answer


@given(CHANGES)
def test_order_change_survives(document: OrderChange) -> None:
    assert order_change.parse(order_change.render(document)) == document


@given(CANCELLATIONS)
def test_order_cancellation_survives(document: OrderCancellation) -> None:
    assert order_cancellation.parse(order_cancellation.render(document)) == document


@given(DESPATCHES)
def test_despatch_advice_survives(document: DespatchAdvice) -> None:
    assert despatch_advice.parse(despatch_advice.render(document)) == document


@given(RECEIPTS)
def test_receipt_advice_survives(document: ReceiptAdvice) -> None:
    assert receipt_advice.parse(receipt_advice.render(document)) == document
