"""The three-way match: what is invoiced against what was accepted, and credited against returned.

The quantity is compared here, its price in `gateway.checks.price`; that an amount is its quantity
at its price, and a total the sum of its parts, is a condition of the document itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gateway.checks.case import Case, differing, later
from gateway.errors import Finding
from gateway.orders.line import Handled, Line
from ledger.document.billing import Bill
from ledger.document.credit_note import CreditNote
from ledger.document.invoice import Invoice

COUNTED: Final = frozenset({"326", "380", "389"})
"""Invoices whose quantities add up; others correct an earlier one, or ask for money in advance.

That the buyer issued one (389) changes nothing: the seller settles with it all the same.
"""
_PARTIAL: Final = "326"


def billing_findings(case: Case) -> Iterator[Finding]:
    """List where an invoice or a credit note is not about what was accepted or returned."""
    bill = case.document
    if not isinstance(bill, Bill):
        return
    if case.agreed.bills.count((type(bill).__name__, bill.id)) > 1:
        yield Finding("/id", "was used before for this order", "DocumentTaken")
    if isinstance(bill, Invoice):
        yield from _due(case, bill)
        if bill.invoice_type_code in COUNTED:
            yield from _invoiced(case, bill)
    if isinstance(bill, CreditNote):
        yield from _credited(case)


def _invoiced(case: Case, invoice: Invoice) -> Iterator[Finding]:
    places: dict[str, str] = {}
    for path, _, line in case.lines:
        places.setdefault(line.id, f"{path}/invoiced_quantity")
    for line in case.agreed.lines.values():
        handled = _handled(case, line)
        accepted, found = handled.accepted, handled.invoiced - handled.credited
        path = places.get(line.id, "/invoice_line")
        if found > accepted and line.id in places:
            message = "must be at most what was accepted"
            yield differing("InvoicedOverAccepted", path, message, line, accepted, found)
        if found < accepted and invoice.invoice_type_code != _PARTIAL:
            message = "must be what was accepted; a partial invoice is of type 326"
            yield differing("InvoicedUnderAccepted", path, message, line, accepted, found)


def _credited(case: Case) -> Iterator[Finding]:
    for path, _, line in case.lines:
        handled = _handled(case, line)
        limit = max(handled.returned, handled.invoiced - handled.accepted)
        if handled.credited > limit:
            message = "must be at most what went back, or was invoiced and not accepted"
            place = f"{path}/credited_quantity"
            yield differing("CreditedOther", place, message, line, limit, handled.credited)


def _handled(case: Case, line: Line) -> Handled:
    """Give what became of a line: in the delivery that is settled, or in all of the order."""
    return line.handled if case.progress is None else case.own(line)


def _due(case: Case, invoice: Invoice) -> Iterator[Finding]:
    days = case.terms.days("payment_days")
    if days is None or invoice.due_date is None:
        return
    earliest = later(invoice.issue_date, days)
    if invoice.due_date < earliest:
        message = "must leave the days that the agreement gives"
        yield differing("DueEarly", "/due_date", message, None, earliest, invoice.due_date)
