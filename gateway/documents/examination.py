"""What a document that arrives contradicts: its lines and units against those of its order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gateway.deliveries.progress import Progress
from gateway.documents.fit import fit_of
from gateway.errors import Finding
from gateway.orders.agreed import Agreed
from gateway.orders.reference import Known
from gateway.orders.step import Step
from ledger.document.order import Order
from ledger.document.part import Document
from ledger.document.transport import ShareStatement
from ledger.examination import Fact, Findings


class OrderExaminer:
    """Examines documents about orders and deliveries."""

    def refers(self, content: Document) -> bool:
        """Say whether a document names lines of others; those of an order are its own."""
        return not isinstance(content, Order | ShareStatement)

    def examine(self, history: Sequence[Fact]) -> Mapping[int, Findings]:
        """Read an order off its facts, up to the first whose document is not opened."""
        agreed = Agreed()
        deliveries: dict[int, Progress] = {}
        found: dict[int, Findings] = {}
        for fact in history:
            if fact.content is None and _lacks(fact):
                break
            step = Step(fact.machine, fact.action, fact.number, fact.content)
            if fact.machine == "order":
                findings = _taken(agreed, step)
            else:
                delivery = deliveries.setdefault(fact.number, Progress(Known(agreed.lines)))
                # The order may have been revised since.
                delivery.known.lines = agreed.lines
                findings = _taken(delivery, step)
            if fact.document is not None:
                found[fact.document] = [_spelled(each) for each in findings]
        return found


def _lacks(fact: Fact) -> bool:
    return fact.document is not None or fit_of(fact.machine, fact.action).is_required


def _taken(read: Agreed | Progress, step: Step) -> list[Finding]:
    """Count a fact in; gives what its document contradicts."""
    before = len(read.findings)
    read.take(step)
    return read.findings[before:]


def _spelled(finding: Finding) -> dict[str, str]:
    return {"path": finding.path, "message": finding.message, "name": finding.name or ""}
