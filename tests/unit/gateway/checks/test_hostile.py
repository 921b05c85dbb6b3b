"""Whatever a counterparty records, the gateway judges it and goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

from gateway.checks.judgement import judged
from gateway.orders.agreed import Agreed
from gateway.orders.step import Step, Unopened
from ledger import lifecycle
from ledger.document import parse_document
from tests.unit.gateway.checks.trading import CONFIRMED, RECEIVED

SPEC: Final = Path(__file__).resolve().parents[4] / "contracts" / "spec"
SAMPLES: Final = {
    each["document_type"]: parse_document(each)
    for each in json.loads((SPEC / "vectors" / "document_samples.json").read_text("utf-8"))
}
ACTIONS: Final = [
    (machine, row.action) for machine in ("order", "delivery") for row in lifecycle.rows(machine)
]


@pytest.mark.parametrize("document_type", sorted(SAMPLES))
@pytest.mark.parametrize("before", [(), CONFIRMED, RECEIVED], ids=["new", "confirmed", "received"])
def test_every_document_with_every_action_is_judged(
    document_type: str, before: tuple[Step, ...]
) -> None:
    document = SAMPLES[document_type]
    for machine, action in ACTIONS:
        agreed = Agreed()
        for step in before:
            judged(agreed, step)
        judged(agreed, Step(machine, action, 1, document))
        # The same once more, and with a document before it that nobody has read.
        judged(agreed, Step(machine, action, 1, document))
        agreed.unopened.append(Unopened("confirm", None, "missing", None))
        assert judged(agreed, Step(machine, action, 1, document)) == []
        for line in agreed.lines.values():
            line.as_json()


def test_a_document_of_another_type_counts_for_nothing() -> None:
    agreed = Agreed()
    for step in CONFIRMED:
        judged(agreed, step)
    (finding,) = judged(agreed, Step("delivery", "despatch", 1, SAMPLES["OrderResponse"]))
    assert (finding.name, finding.path) == ("DocumentTypeOther", "/document_type")
    assert agreed.deliveries[1].handled == {}
