"""What a game was made of: actions recorded and refused, and errors seen."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.oracles.ledger.stream import Broken, Record, read
from tests.simulation.ledger.call import KINDS, Call, Outcome


@dataclass
class Tally:
    """Counts; a run counts as one action, and as recorded if any of its numbers was."""

    transactions: int = 0
    actions: int = 0
    numbers: int = 0
    recorded: Counter[int] = field(default_factory=Counter)
    refused: Counter[int] = field(default_factory=Counter)
    steps_taken: Counter[int] = field(default_factory=Counter)
    steps_refused: Counter[int] = field(default_factory=Counter)
    unheard: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    changes_refused: Counter[str] = field(default_factory=Counter)
    ways: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)

    def add(self, call: Call, outcome: Outcome) -> None:
        """Count one transaction and what became of it."""
        self.transactions += 1
        if outcome.error is not None:
            self.errors[outcome.error[0]] += 1
        for name, fields in outcome.events:
            self.events[name] += 1
            if "problem" in fields:
                self.errors[fields["problem"][0]] += 1
        self._add_ways(call, outcome)
        if call.function == "agree":
            step = call.arguments[0]["action"]
            (self.steps_refused if outcome.error else self.steps_taken)[step] += 1
            self.actions += 1
        elif call.function not in KINDS:
            (self.changes_refused if outcome.error else self.changes)[call.function] += 1
            self.actions += 1
        elif outcome.error is not None:
            self.unheard += 1
            self.actions += 1
        else:
            self._add_said(call, outcome)

    @property
    def allowed_share(self) -> float:
        """The share of the actions on orders and deliveries that were recorded."""
        recorded = self.recorded.total()
        return recorded / max(1, recorded + self.refused.total() + self.unheard)

    def report(self) -> str:
        """Tell all of it, a line each."""
        lines = [
            f"{self.transactions} transactions, {self.actions} actions, {self.numbers} numbers",
            f"{self.allowed_share:.0%} of actions on orders and deliveries recorded",
            f"{self.unheard} batches and intents not heard",
        ]
        lines += _table("action: recorded, refused", self.recorded, self.refused)
        lines += _table("step: taken, refused", self.steps_taken, self.steps_refused)
        lines += _table("registry: done, refused", self.changes, self.changes_refused)
        lines += _table("what was heard, and how it was signed", self.ways)
        lines += _table("error: seen", self.errors)
        lines += _table("event: seen", self.events)
        return "\n".join(lines)

    def _add_said(self, call: Call, outcome: Outcome) -> None:
        said, _ = call.arguments
        refused: dict[bytes, list[tuple[int, int]]] = {}
        for name, fields in outcome.events:
            if name == "ActionRefused":
                span = (fields["position"], fields["position"] + fields["count"])
                refused.setdefault(fields["batch"], []).append(span)
            elif name == "BatchRecorded":
                self._add_batch(fields, refused.pop(fields["batch"], []))
        answers = [one for one in outcome.events if one[0] in ("IntentRecorded", "IntentRefused")]
        if call.function == "submit":
            self.unheard += len(answers)
            self.actions += len(answers)
            return
        for intent, (name, fields) in zip(said, answers, strict=True):
            self.actions += 1
            if name == "IntentRecorded":
                self.numbers += 1
                self.recorded[intent["action"]] += 1
            elif fields["problem"][0].startswith("Intent"):
                self.unheard += 1
            else:
                self.refused[intent["action"]] += 1

    def _add_ways(self, call: Call, outcome: Outcome) -> None:
        """Count what was heard by how it was signed: by the caller itself, a key, an account."""
        if call.function not in KINDS or outcome.error is not None:
            return
        said, signatures = call.arguments
        if call.function == "agree":
            said, signatures = [said], [signatures]
        heard = {
            fields.get("batch") or fields["intent"]
            for name, fields in outcome.events
            if name in ("BatchRecorded", "IntentRecorded", "AgreementStepped")
        }
        for one, signature in zip(said, signatures, strict=True):
            if one["digest"] in heard:
                caller = "an account calling" if call.via else "a key calling"
                signer = "an account" if signature[-1:] == b"\0" else "a key"
                self.ways[f"{call.function} by {signer if signature else caller}"] += 1

    def _add_batch(self, batch: dict[str, Any], refused: list[tuple[int, int]]) -> None:
        gone = {place for start, end in refused for place in range(start, end)}
        position = 0
        before = self.actions
        for record in read(batch["actions"]):
            if isinstance(record, Broken):
                self.actions += 1
            if not isinstance(record, Record):
                continue
            places = range(position, position + len(record.entries))
            position = places.stop
            self.numbers += len(places)
            stood = [place not in gone for place in places]
            if record.is_run:
                stood = [any(stood)]
            self.actions += len(stood)
            self.recorded[record.action] += sum(stood)
            self.refused[record.action] += len(stood) - sum(stood)
        # A batch that says nothing, or only where, was an attempt all the same.
        self.actions = max(self.actions, before + 1)


def _table(title: str, *columns: Counter[Any]) -> list[str]:
    rows = sorted(set().union(*columns))
    return [title, *(f"  {row}: {' '.join(str(one[row]) for one in columns)}" for row in rows)]
