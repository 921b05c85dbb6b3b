"""What a document that arrives contradicts: its order, its delivery, and the agreement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gateway.checks.judgement import judged
from gateway.documents.fit import fit_of
from gateway.errors import Finding
from gateway.naming import order_id
from gateway.orders.agreed import Agreed
from gateway.orders.step import Step
from ledger.document.part import Document
from ledger.document.transport import ShareStatement
from ledger.examination import Fact, Findings


class OrderExaminer:
    """Examines documents about orders and deliveries."""

    def refers(self, content: Document) -> bool:
        """Say whether a document is about lines of an order; a share statement's are demands."""
        return not isinstance(content, ShareStatement)

    def examine(self, history: Sequence[Fact]) -> Mapping[int, Findings]:
        """Read an order off its facts, up to the first whose document is not opened."""
        agreed = Agreed()
        found: dict[int, Findings] = {}
        for fact in history:
            if fact.content is None and _lacks(fact):
                break
            if fact.order is not None:
                agreed.names.add(order_id(*fact.order))
            step = Step(fact.machine, fact.action, fact.number, fact.content, None, fact.time)
            findings = judged(agreed, step)
            if fact.document is not None:
                found[fact.document] = [_spelled(each) for each in findings]
        return found


def _lacks(fact: Fact) -> bool:
    if fact.document is not None:
        return True
    return fact.machine != "agreement" and fit_of(fact.machine, fact.action).is_required


def _spelled(finding: Finding) -> dict[str, str]:
    return {"name": "", **finding.as_json()}
