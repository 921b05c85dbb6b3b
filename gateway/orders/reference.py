"""Checks that the lines a document names exist in its order, in the same unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from pydantic import BaseModel

from gateway.errors import Finding
from gateway.orders.line import Line
from ledger.document.money import Quantity
from ledger.document.order import Order
from ledger.document.order_change import OrderChange
from ledger.document.order_response import LINE_ADDED, OrderResponse
from ledger.document.part import Document
from ledger.document.reference import DocumentReference, LineReference
from ledger.document.transport import ShareStatement

_OWN_UNIT: Final = frozenset({"sample_quantity"})
"""Quantities that need not have the unit of the line: samples are counted in pieces."""

_SOURCES: Final = (
    "order_line_reference",
    "despatch_line_reference",
    "receipt_line_reference",
    "billing_reference",
)
"""How a line may say which order line it is about, the most direct way first."""


@dataclass(slots=True)
class Known:
    """What documents about one order may refer to.

    Parameters
    ----------
    lines : mapping
        The lines of the order, by number.
    order_names : set of str
        The numbers under which the order may be named; empty when they are not known.
    despatched, receipted : dict
        Lines of the delivery's despatch and receipt advice, by number, and their order lines.
    billed : dict
        Lines of the order's invoices, likewise.
    """

    lines: Mapping[str, Line]
    order_names: Set[str] = frozenset()
    despatched: dict[str, str] = field(default_factory=dict)
    receipted: dict[str, str] = field(default_factory=dict)
    billed: dict[str, str] = field(default_factory=dict)

    def lines_by(self, source: str) -> Mapping[str, str]:
        """Give the order lines of the lines that a reference may name."""
        if source == "despatch_line_reference":
            return self.despatched
        return self.receipted if source == "receipt_line_reference" else self.billed


def lines_of(document: Document) -> tuple[Any, ...]:
    """Give the lines of a document that has lines."""
    name = type(document).lines_field
    return getattr(document, name) if name else ()


def order_line_of(line: Any, known: Known) -> str | None:
    """Name the order line that a line of any document is about; None when it names none."""
    sources = _sources_of(line.__class__)
    for source in sources:
        reference: LineReference | None = getattr(line, source)
        if reference is None:
            continue
        if source == "order_line_reference":
            return reference.line_id
        return known.lines_by(source).get(reference.line_id)
    # A line of an order change that names no other is the line of its own number.
    return str(line.id) if _SOURCES[1] not in sources else None


@cache
def _sources_of(model: type[BaseModel]) -> tuple[str, ...]:
    # Looking for a field that a model does not have is slow.
    return tuple(source for source in _SOURCES if source in model.model_fields)


def findings_of(document: Document, known: Known) -> list[Finding]:
    """List every reference of a document that leads nowhere, and every unit that differs."""
    if isinstance(document, Order | ShareStatement):
        # The lines of an order are its own; those of a share statement are demands.
        return []
    found = list(_head(document, known))
    name = type(document).lines_field
    for index, line in enumerate(lines_of(document)):
        found += _line(f"/{name}/{index}", line, document, known)
    return found


def _head(document: Document, known: Known) -> Iterator[Finding]:
    reference: DocumentReference | None = getattr(document, "order_reference", None)
    if reference is not None and known.order_names and reference.id not in known.order_names:
        names = " or ".join(sorted(known.order_names))
        message = f"must name this order: {names}"
        path = "/order_reference/id"
        yield Finding(path, message, "OrderOther", expected=names, found=reference.id)


def _line(path: str, line: Any, document: Document, known: Known) -> Iterator[Finding]:
    id = order_line_of(line, known)
    is_added = _is_added(line, document)
    if is_added:
        yield from _addition(path, line, id, known)
        return
    target = known.lines.get(id) if id is not None else None
    if target is None:
        yield Finding(_pointer(path, line), "names no line of the order", "LineUnknown")
        return
    for pointer, amount in _quantities(path, line):
        if amount.unit_code != target.unit_code:
            message = f"must be {target.unit_code}, the unit of line {target.id}"
            place, both = f"{pointer}/unit_code", (target.unit_code, amount.unit_code)
            yield Finding(place, message, "UnitOther", target.id, *both)


def _is_added(line: Any, document: Document) -> bool:
    is_answer = isinstance(document, OrderResponse | OrderChange)
    return is_answer and bool(line.line_status_code == LINE_ADDED)


def _addition(path: str, line: Any, id: str | None, known: Known) -> Iterator[Finding]:
    if id in known.lines:
        yield Finding(_pointer(path, line), "must not be a line of the order", "LineTaken")
    for name in ("item", "quantity"):
        if getattr(line, name) is None:
            yield Finding(f"{path}/{name}", "must be given for an added line", "LineIncomplete")


def _quantities(path: str, line: Any) -> Iterator[tuple[str, Quantity]]:
    for name in type(line).model_fields:
        value = getattr(line, name)
        if isinstance(value, Quantity) and name not in _OWN_UNIT:
            yield f"{path}/{name}", value
    for index, part in enumerate(getattr(line, "delivery", ())):
        if part.quantity is not None:
            yield f"{path}/delivery/{index}/quantity", part.quantity


def _pointer(path: str, line: Any) -> str:
    for source in _sources_of(line.__class__):
        if getattr(line, source) is not None:
            return f"{path}/{source}/line_id"
    return f"{path}/id"
