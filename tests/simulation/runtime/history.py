"""What the chain has recorded and refused, in its own words."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.oracles.ledger.stream import Record, Selected, read
from tests.oracles.ledger.table import is_opening, machine_of
from tests.simulation.runtime.node.block import Block
from tests.simulation.runtime.node.encoding import write_error

Deed = tuple[int, int, str, int, int, int]
"""Organisation, agreement, machine, action, number, and the order that an opening names."""


@dataclass
class History:
    """A chain's deeds: how often each was recorded, and why others were refused."""

    deeds: Counter[Deed] = field(default_factory=Counter)
    refused: dict[tuple[bytes, int], bytes] = field(default_factory=dict)
    """Errors by digest and position; position -1 refuses all of it."""

    def add(self, blocks: list[Block]) -> "History":
        """Add what happened in blocks."""
        for block in blocks:
            for one in block.included:
                for name, fields in one.outcome.facts:
                    self._add(name, fields)
        return self

    def _add(self, name: str, fields: dict[str, Any]) -> None:
        if name == "ActionRefused":
            for place in range(fields["position"], fields["position"] + fields["count"]):
                self.refused[(fields["batch"], place)] = write_error(fields["problem"])
        elif name == "IntentRefused":
            self.refused[(fields["intent"], -1)] = write_error(fields["problem"])
        elif name == "BatchRecorded":
            self._add_batch(fields)
        elif name == "IntentRecorded":
            step = fields["step"]
            order, number = step % 2**32, step // 2**32 % 2**32
            self._count(fields["organisation"], step // 2**72, step // 2**64 % 256, number, order)
        elif name == "AgreementStepped":
            deed = (
                fields["organisation"],
                fields["agreement"],
                "agreement",
                fields["action"],
                0,
                0,
            )
            self.deeds[deed] += 1

    def _add_batch(self, fields: dict[str, Any]) -> None:
        agreement, position = 0, 0
        for record in read(fields["actions"]):
            if isinstance(record, Selected):
                agreement = record.agreement
            elif isinstance(record, Record):
                for number, order in record.entries:
                    if (fields["batch"], position) not in self.refused:
                        action = record.action
                        self._count(fields["organisation"], agreement, action, number, order)
                    position += 1

    def _count(self, who: int, agreement: int, action: int, number: int, order: int) -> None:
        named = order if is_opening(action) else 0
        self.deeds[(who, agreement, machine_of(action) or "", action, number, named)] += 1
