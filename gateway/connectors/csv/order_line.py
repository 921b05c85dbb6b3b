"""One row of a file, read by its profile: an order, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from gateway.connectors.csv.expression import ABSENT_CHARS_MAX
from gateway.connectors.csv.profile import Profile, Rule, Step
from gateway.connectors.message import Finding, InvalidCsvRow, Location, shortened
from ledger.document.despatch_advice import DespatchAdvice
from ledger.document.order import Order
from ledger.document.part import Document
from ledger.document.receipt_advice import ReceiptAdvice
from ledger.document.scalar import TEXT_CHARS_MAX, exact

PREFIX: Final = "csv:"

D = TypeVar("D", bound=Document)
Tree = dict[Step, Any]


@dataclass(frozen=True, slots=True)
class OrderLineRow:
    """The documents of one row.

    Parameters
    ----------
    order : Order
        The order, with one line.
    despatch : DespatchAdvice or None
        What left, if the row says so.
    receipt : ReceiptAdvice or None
        What arrived, if the row says so.
    """

    order: Order
    despatch: DespatchAdvice | None
    receipt: ReceiptAdvice | None


def row_key(profile: Profile, cells: Mapping[str, str]) -> str:
    """Name the stable identity of a row; empty when a part of it is missing."""
    parts = [cells[column].strip() for column in profile.key]
    if not all(parts):
        return ""
    return "/".join(part.replace("%", "%25").replace("/", "%2F") for part in parts)


def read_row(
    profile: Profile, line: int, positions: Mapping[str, int], cells: Mapping[str, str]
) -> OrderLineRow:
    """Make the documents of one row.

    Parameters
    ----------
    profile : Profile
        The rules.
    line : int
        Where the row begins.
    positions : mapping
        Column name to its place in the row, from 1.
    cells : mapping
        Column name to text.

    Raises
    ------
    InvalidCsvRow
        With everything wrong, column by column.
    """
    return _Reading(profile, line, positions, cells).documents()


class _Reading:
    def __init__(
        self,
        profile: Profile,
        line: int,
        positions: Mapping[str, int],
        cells: Mapping[str, str],
    ) -> None:
        self.profile = profile
        self.line = line
        self.positions = positions
        self.cells = cells
        self.findings: list[Finding] = []
        self.used: set[str] = set()
        self.trees: dict[str, Tree] = {"order": {}}
        for name, when in (("despatch", profile.despatch_when), ("receipt", profile.receipt_when)):
            if when is not None and self.cells[when].strip() not in profile.absent:
                self.trees[name] = {}

    def documents(self) -> OrderLineRow:
        constants = [rule for rule in self.profile.field if rule.constant is not None]
        for rule in self.profile.field:
            if rule.constant is None:
                self._apply(rule)
        for rule in constants:
            self._apply_constant(rule)
        if self.findings:
            raise InvalidCsvRow(self.findings)
        self.trees["order"]["extras"] = dict(enumerate(self._extras()))
        order = self._validate(Order, "order")
        despatch = self._validate(DespatchAdvice, "despatch")
        receipt = self._validate(ReceiptAdvice, "receipt")
        if self.findings or order is None:
            raise InvalidCsvRow(self.findings)
        return OrderLineRow(order, despatch, receipt)

    def _extras(self) -> list[dict[str, str]]:
        """Let every cell ride along that no rule has used, long texts in pieces."""
        return [
            {"path": PREFIX + column, "value": text[start : start + TEXT_CHARS_MAX]}
            for column, text in self.cells.items()
            if column not in self.used
            for start in range(0, len(text), TEXT_CHARS_MAX)
        ]

    def _apply(self, rule: Rule) -> None:
        for nth, column in enumerate(rule.sources if rule.template is None else ("",)):
            value = self._template(rule) if rule.template is not None else self._read(rule, column)
            if value is None:
                continue
            for target in rule.targets:
                self._put(target, value)
            if nth and rule.fallback_note is not None:
                self._note(rule, column)
            return
        known = any(finding.location.path in rule.sources for finding in self.findings)
        if rule.is_required and not known:
            column = rule.sources[0] if rule.sources else ""
            self._report(column, "This column must have a value.", "Fill in the value.")

    def _template(self, rule: Rule) -> str | None:
        assert rule.template is not None
        text = rule.template
        for column in rule.sources:
            cell = self.cells[column].strip()
            if self._is_absent(rule, cell):
                return None
            text = text.replace(f"{{{column}}}", cell)
        self.used.update(rule.sources)
        return text

    def _read(self, rule: Rule, column: str) -> str | None:
        """Read a cell; nothing when it is absent, or wrong and reported."""
        text = self.cells[column].strip() if rule.kind != "text" else self.cells[column]
        if self._is_absent(rule, text.strip()):
            return None
        value: str | None = text
        if rule.values is not None:
            value = rule.values.get(text.strip())
            advice = "Correct the text, or add it to the values of this rule in the profile."
            problem = "This text has no meaning in the profile."
        elif rule.kind == "date":
            found = (read(text) for read in rule.date_readers)
            value = next((each for each in found if each is not None), None)
            advice = f"Write the date as {' or '.join(rule.dates)}."
            problem = "This is no date in a format of the profile."
        elif rule.kind == "decimal":
            value, problem = _decimal(self.profile, rule, text)
            advice = f"Write a plain number such as 1250{self.profile.decimal}50."
        elif rule.kind == "code" and any(character.isspace() for character in text):
            value, problem, advice = None, "A code has no blanks.", "Write the code."
        if value is None:
            self._report(column, problem, advice)
            return None
        self.used.add(column)
        return value

    def _is_absent(self, rule: Rule, text: str) -> bool:
        if text in self.profile.absent or text in rule.absent:
            return True
        if rule.absent_match is None or len(text) > ABSENT_CHARS_MAX:
            return False
        return rule.absent_match.fullmatch(text) is not None

    def _put(self, target: tuple[Step, ...], value: str) -> None:
        tree: Tree | None = self.trees.get(str(target[0]))
        if tree is None:
            return
        for step in target[1:-1]:
            tree = tree.setdefault(step, {})
        tree[target[-1]] = value

    def _apply_constant(self, rule: Rule) -> None:
        assert rule.constant is not None
        for target in rule.targets:
            if rule.is_always or self._has_neighbours(target):
                self._put(target, rule.constant)

    def _has_neighbours(self, target: tuple[Step, ...]) -> bool:
        tree: Any = self.trees.get(str(target[0]))
        for step in target[1:-1]:
            tree = tree.get(step) if tree is not None else None
        return bool(tree)

    def _note(self, rule: Rule, column: str) -> None:
        assert rule.fallback_note is not None
        text = rule.fallback_note.replace("{column}", column)
        for name in {str(target[0]) for target in rule.targets} & self.trees.keys():
            notes: Tree = self.trees[name].setdefault("note", {})
            notes[1000 + len(notes)] = text

    def _report(self, column: str, rule: str, what_to_do: str) -> None:
        location = Location(self.line, self.positions.get(column, 1), column)
        found = shortened(self.cells.get(column, ""))
        self.findings.append(Finding(rule, location, found, what_to_do))

    def _validate(self, model: type[D], name: str) -> D | None:
        tree = self.trees.get(name)
        if tree is None:
            return None
        try:
            return model.model_validate(_compact(tree))
        except ValidationError as error:
            for each in error.errors(include_url=False, include_context=False, include_input=False):
                message = each["msg"].removeprefix("Value error, ")
                where = ".".join(str(step) for step in each["loc"])
                self._report(
                    self._column_of(name, each["loc"]),
                    f"The {model.__name__} breaks a rule at {where or 'its head'}: {message}.",
                    "Correct the value, or the rule of the profile.",
                )
            return None

    def _column_of(self, name: str, place: tuple[int | str, ...]) -> str:
        """Find the column whose value stands at, or nearest to, a place in a document."""
        best, column = 0, ""
        for rule in self.profile.field:
            for target in rule.targets:
                if target[0] != name or not rule.sources:
                    continue
                shared = 0
                for left, right in zip(target[1:], place, strict=False):
                    if left != right:
                        break
                    shared += 1
                if shared > best:
                    best, column = shared, rule.sources[0]
        return column


def _decimal(profile: Profile, rule: Rule, text: str) -> tuple[str | None, str]:
    try:
        value = exact(profile.number(text))
    except ValueError:
        return None, "This is no plain decimal number."
    if rule.minimum is not None and Decimal(value) < Decimal(rule.minimum):
        return None, f"This number is below {rule.minimum}, the least allowed."
    return value, ""


def _compact(tree: Any) -> Any:
    """Turn objects with numbered entries into lists, closing gaps."""
    if not isinstance(tree, dict):
        return tree
    if any(isinstance(step, int) for step in tree):
        return [_compact(tree[step]) for step in sorted(tree)]
    return {step: _compact(value) for step, value in tree.items() if value != {}}
