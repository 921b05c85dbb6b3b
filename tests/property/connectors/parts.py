"""Parts of documents, drawn from their models: every field may be there, and holds together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from ledger.document import scalar
from ledger.document.delivery import Package
from ledger.document.despatch_advice import DespatchAdvice, DespatchLine
from ledger.document.item import Item
from ledger.document.order import OrderLine
from ledger.document.order_change import OrderChangeLine
from ledger.document.order_response import OrderResponseLine
from ledger.document.part import Document, Part
from ledger.document.party import Identification, Party
from ledger.document.period import Period
from ledger.document.quality_report import InspectionLine, QualityReport
from ledger.document.receipt_advice import ReceiptLine
from ledger.document.reference import DocumentReference

WORDS = st.text("abcXYZ 0189.,-/&()é", min_size=1, max_size=12).map(str.strip).filter(bool)
MARKED = st.text("aB9 '+:?*~>^.,-Äß<&\"", min_size=1, max_size=12).map(str.strip).filter(bool)
CODES = st.text("ABCXYZ019", min_size=1, max_size=3)
DATES = st.dates(date(1000, 1, 1)).map(date.isoformat)
DECIMALS = st.decimals(0, 10**9, places=3).map(lambda number: f"{number:f}")
TIMES = st.builds(
    "{:%H:%M}:00{}".format, st.times(), st.sampled_from(["Z", "+02:00", "-05:30", "+14:00"])
)
CURRENCY = "EUR"

GLN = "4012345000009"
SOMEBODY = Party(name="Somebody", identifications=(Identification(id=GLN, scheme_id="0088"),))
_NAMED = {
    *("buyer_customer_party", "seller_supplier_party", "delivery_customer_party"),
    *("despatch_supplier_party", "inspector_party"),
}

_SCALARS: tuple[tuple[Any, st.SearchStrategy[Any]], ...] = (
    (scalar.Text, WORDS | MARKED),
    (scalar.Identifier, WORDS),
    (scalar.Code, CODES),
    (scalar.UnitCode, st.sampled_from(["C62", "H87", "KGM", "MTR", "XPK"])),
    (scalar.CurrencyId, st.just(CURRENCY)),
    (scalar.CountryCode, st.sampled_from(["DE", "PT", "VN"])),
    (scalar.Date, DATES),
    (scalar.Time, TIMES),
    (scalar.DecimalText, DECIMALS | DECIMALS.map("-{}".format)),
    (scalar.NonNegativeDecimalText, DECIMALS),
    (scalar.Count, st.integers(0, 10**6)),
)
_LEFT_OUT = ("document_type", "schema_version", "extras", "attachment", "commitment", "digest")
"""What is always the same, rides along, or is of the network alone."""


@cache
def parts(model: type[Part]) -> st.SearchStrategy[Any]:
    """Draw parts of a document, as their validators want them."""
    return fields(model).map(lambda drawn: model.model_validate(_coherent(model, drawn)))


def fields(model: type[Part], without: Iterable[str] = ()) -> st.SearchStrategy[dict[str, Any]]:
    """Draw fields: those that are required, and any of the others."""
    required, optional = {}, {}
    for name, hint in get_type_hints(model, include_extras=True).items():
        field = model.model_fields.get(name)
        if field is None or name in _LEFT_OUT or name in without:
            continue
        is_lines = name == getattr(model, "lines_field", None)
        least = max((getattr(each, "min_length", 0) or 0 for each in field.metadata), default=0)
        least = max(least, is_lines)
        strategy = st.deferred(lambda hint=hint, least=least: _of(hint, least))  # type: ignore[misc]
        (required if field.is_required() or is_lines else optional)[name] = strategy
    if not optional:
        return st.fixed_dictionaries(required)
    names = st.lists(st.sampled_from(sorted(optional)), max_size=4, unique=True)

    def drawn(chosen: list[str]) -> st.SearchStrategy[dict[str, Any]]:
        return st.fixed_dictionaries(required | {name: optional[name] for name in chosen})

    return names.flatmap(drawn)


def _of(hint: Any, least: int = 0) -> st.SearchStrategy[Any]:
    for known, strategy in _SCALARS:
        if hint == known:
            return strategy
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _of(arguments[0], least)
    if origin in (Union, UnionType):
        return _of(next(each for each in arguments if each is not type(None)), least)
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is tuple:
        return st.lists(_of(arguments[0]), min_size=least, max_size=max(least, 2)).map(tuple)
    if hint is bool:
        return st.booleans()
    if hint is int:
        return st.integers(0, 365)
    if isinstance(hint, type) and issubclass(hint, Part):
        return parts(hint)
    return WORDS


def _coherent(model: type[Part], drawn: dict[str, Any]) -> dict[str, Any]:
    """Bring what validators compare into agreement."""
    if issubclass(model, Document) and model.lines_field is not None:
        lines = drawn.get(model.lines_field, ())
        drawn[model.lines_field] = tuple(
            line.model_copy(update={"id": str(nth)}) for nth, line in enumerate(lines, start=1)
        )
    if issubclass(model, Document):
        name_what_standards_ask(model, drawn)
    mend = _MENDERS.get(model)
    return mend(drawn) if mend is not None else drawn


def name_what_standards_ask(model: type[Document], drawn: dict[str, Any]) -> None:
    """Name the parties and the order, with its day, which most standards cannot do without."""
    for name in _NAMED & model.model_fields.keys():
        drawn.setdefault(name, SOMEBODY)
    reference = drawn.get("order_reference")
    if "order_reference" in model.model_fields:
        known = DocumentReference(id="PO-1") if reference is None else reference
        drawn["order_reference"] = known.model_copy(
            update={"issue_date": known.issue_date or "2026-03-01"}
        )


def _order_line(drawn: dict[str, Any]) -> dict[str, Any]:
    # UBL has one place for when a line and its first delivery are asked for.
    if "requested_delivery_period" not in drawn:
        drawn["delivery"] = tuple(
            each.model_copy(update={"requested_delivery_period": None})
            for each in drawn.get("delivery", ())
        )
    return drawn


def _item(drawn: dict[str, Any]) -> dict[str, Any]:
    return {"name": "Goods", "sellers_item_identification": {"id": "A-1"}, **drawn}


def _period(drawn: dict[str, Any]) -> dict[str, Any]:
    if "start_date" in drawn and "end_date" in drawn:
        start, end = sorted((drawn["start_date"], drawn["end_date"]))
        drawn |= {"start_date": start, "end_date": end}
    return drawn


def _party(drawn: dict[str, Any]) -> dict[str, Any]:
    # Endpoints stand on envelopes, whose own tests are elsewhere.
    drawn.pop("endpoint_id", None)
    drawn.pop("endpoint_scheme", None)
    named = {**SOMEBODY.model_dump(exclude_defaults=True), **drawn}
    return named if named["identifications"] else {**named, "identifications": ({"id": GLN},)}


def _answer(drawn: dict[str, Any]) -> dict[str, Any]:
    quantities = [each.quantity for each in drawn.get("delivery", ()) if each.quantity]
    if quantities and "quantity" in drawn:
        drawn.pop("quantity")
    return drawn


def _receipt(drawn: dict[str, Any]) -> dict[str, Any]:
    if "despatch_line_reference" not in drawn:
        drawn.setdefault("order_line_reference", {"line_id": "1"})
    if "rejected_quantity" in drawn:
        drawn["reject_reason"] = ("torn",)
    return drawn


def _package(drawn: dict[str, Any]) -> dict[str, Any]:
    drawn.pop("parent_id", None)
    drawn.pop("sscc", None)
    return drawn


def _despatch(drawn: dict[str, Any]) -> dict[str, Any]:
    shipment = drawn.get("shipment")
    if shipment is not None:
        packages = tuple(
            each.model_copy(update={"id": f"P{nth}"}) for nth, each in enumerate(shipment.package)
        )
        drawn["shipment"] = shipment.model_copy(update={"package": packages})
    return drawn


def _despatch_line(drawn: dict[str, Any]) -> dict[str, Any]:
    drawn.pop("package_reference", None)
    return drawn


def _inspection(drawn: dict[str, Any]) -> dict[str, Any]:
    drawn.pop("accepted_quantity", None)
    drawn.pop("rejected_quantity", None)
    if drawn["usage_decision"] == "conditional":
        drawn["condition"] = ("rework",)
    named = drawn.get("characteristic", ())
    drawn["characteristic"] = tuple(
        each.model_copy(update={"id": f"C{nth}"}) for nth, each in enumerate(named)
    )
    return drawn


def _report(drawn: dict[str, Any]) -> dict[str, Any]:
    if drawn.get("quality_report_type_code") is not None:
        # A certificate has to say more than other reports: see its own tests.
        drawn.pop("quality_report_type_code")
    return drawn


_MENDERS: dict[type[Part], Any] = {
    Item: _item,
    OrderLine: _order_line,
    OrderChangeLine: _order_line,
    Party: _party,
    Period: _period,
    OrderResponseLine: _answer,
    ReceiptLine: _receipt,
    Package: _package,
    DespatchAdvice: _despatch,
    DespatchLine: _despatch_line,
    InspectionLine: _inspection,
    QualityReport: _report,
}
