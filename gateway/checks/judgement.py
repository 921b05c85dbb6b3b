"""An order read off its facts, with everything in them that contradicts what was agreed before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import localcontext
from typing import Final

from gateway.checks.billing import billing_findings
from gateway.checks.case import Case, differing
from gateway.checks.date import date_findings
from gateway.checks.party import party_findings
from gateway.checks.price import price_findings
from gateway.checks.quality import quality_findings
from gateway.checks.quantity import quantity_findings
from gateway.documents.fit import require_fit
from gateway.errors import DocumentUnfit, Finding
from gateway.orders.agreed import Agreed
from gateway.orders.reference import findings_of
from gateway.orders.step import Step
from ledger.document.money import EXACT
from ledger.document.part import Document

_CHECKS: Final = (
    quantity_findings,
    date_findings,
    party_findings,
    price_findings,
    billing_findings,
    quality_findings,
)
_OF_NO_USE: Final = "DocumentTypeOther"
_REFERENCES: Final = {
    "despatch_document_reference": "DespatchAdvice",
    "receipt_document_reference": "ReceiptAdvice",
    "quality_report_reference": "QualityReport",
}
"""What the head of a document about a delivery may refer to."""


def agreed_of(steps: Sequence[Step], id: str | None = None) -> Agreed:
    """Read an order off its facts and those of its deliveries.

    Parameters
    ----------
    steps : sequence of Step
        In the order in which the chain recorded them.
    id : str, optional
        How the network calls the order.
    """
    agreed = Agreed(names=set() if id is None else {id})
    for step in steps:
        judged(agreed, step)
    return agreed


def judged(agreed: Agreed, step: Step) -> list[Finding]:
    """Count one fact in, and list what its document contradicts.

    While a document before it is not read, nothing can be said against the later ones.
    """
    unfit = _unfit(step)
    if any(each.name == _OF_NO_USE for each in unfit):
        # Whatever it says, it says nothing of what the action is about.
        step = replace(step, document=None)
    if agreed.unopened or step.unopened is not None or step.machine == "agreement":
        agreed.take(step)
        return []
    found = [*unfit, *_before(agreed, step)]
    progress = agreed.take(step)
    if step.document is not None:
        case = Case(agreed, step, step.document, progress)
        with localcontext(EXACT):
            found += [finding for check in _CHECKS for finding in check(case)]
    found = [agreed.terms.judged(each) for each in found]
    agreed.findings += found
    if progress is not None:
        progress.findings += found
    return found


def _unfit(step: Step) -> list[Finding]:
    """Hold a document against the action that it came with."""
    if step.machine == "agreement":
        return []
    try:
        require_fit(step.machine, step.action, step.document)
    except DocumentUnfit as unfit:
        return [replace(f, path=f.path.removeprefix("/document")) for f in unfit.findings]
    return []


def _before(agreed: Agreed, step: Step) -> Iterator[Finding]:
    """Hold a document against what there was to refer to before it came."""
    if step.document is None:
        return
    if step.machine == "order":
        yield from findings_of(step.document, agreed.known())
        return
    progress = agreed.delivery(step.number)
    yield from findings_of(step.document, progress.known)
    yield from _referred(step.document, progress.papers)


def _referred(document: Document, papers: dict[str, str]) -> Iterator[Finding]:
    """Check that a document names the despatch advice, receipt or report of its own delivery."""
    for name, type_ in _REFERENCES.items():
        named = getattr(document, name, None)
        references = named if isinstance(named, tuple) else (named,) if named else ()
        numbers = [each.id for each in references]
        if numbers and type_ in papers and papers[type_] not in numbers:
            message = f"must name the {type_} of this delivery"
            found = " ".join(numbers)
            yield differing("DocumentOther", f"/{name}", message, None, papers[type_], found)
