"""A whole file, row by row: every row yields an outcome, none is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from gateway.connectors.csv.order_line import read_row, row_key
from gateway.connectors.csv.profile import Profile
from gateway.connectors.csv.record import Record, read_records
from gateway.connectors.message import (
    CsvHeaderMismatch,
    Finding,
    InvalidCsvRow,
    Location,
    shortened,
)
from ledger.document.despatch_advice import DespatchAdvice
from ledger.document.order import Order
from ledger.document.receipt_advice import ReceiptAdvice


@dataclass(frozen=True, slots=True)
class Imported:
    """A row that became documents.

    Parameters
    ----------
    line : int
        The line of the file it begins on.
    key : str
        Its stable identity, from the key columns of the profile.
    order : Order
        The order.
    despatch : DespatchAdvice or None
        Its despatch advice, if the row tells of one.
    receipt : ReceiptAdvice or None
        Its receipt advice, if the row tells of one.
    """

    line: int
    key: str
    order: Order
    despatch: DespatchAdvice | None
    receipt: ReceiptAdvice | None


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that became nothing, and why.

    Parameters
    ----------
    line : int
        The line of the file it begins on.
    key : str
        Its stable identity, empty when the row has none.
    findings : tuple of Finding
        Everything wrong with it; at least one.
    """

    line: int
    key: str
    findings: tuple[Finding, ...]

    @property
    def column(self) -> str:
        """The column of the first finding; empty for the row as a whole."""
        return self.findings[0].location.path

    @property
    def reason(self) -> str:
        """The rule that the first finding breaks."""
        return self.findings[0].rule

    @property
    def value(self) -> str:
        """What stands there."""
        return self.findings[0].found


RowOutcome = Imported | BadRow


def read(profile: Profile, stream: BinaryIO) -> Iterator[RowOutcome]:
    """Read a file.

    Parameters
    ----------
    profile : Profile
        How the file is read.
    stream : binary file
        The file, read as it is consumed.

    Yields
    ------
    Imported or BadRow
        One per row, in the order of the file; blank lines are no rows.

    Raises
    ------
    CsvHeaderMismatch
        If a column that the profile reads is missing, or a column name stands twice.
    """
    yield from read_table(profile, read_records(profile, stream))


def read_table(profile: Profile, records: Iterator[Record]) -> Iterator[RowOutcome]:
    """Read records, the first of which is the header; as `read`, whatever they come from.

    Raises
    ------
    CsvHeaderMismatch
        If a column that the profile reads is missing, or a column name stands twice.
    """
    header = _header(profile, next(records, Record(1, (), "The file is empty.")))
    positions = {column: place for place, column in enumerate(header, 1)}
    first_lines: dict[str, int] = {}
    for record in records:
        yield _outcome(profile, record, header, positions, first_lines)


def _outcome(
    profile: Profile,
    record: Record,
    header: tuple[str, ...],
    positions: dict[str, int],
    first_lines: dict[str, int],
) -> RowOutcome:
    line = record.line
    if record.problem:
        advice = "Write the file again with the encoding and quoting of the profile."
        return _bad(line, "", Finding(record.problem, Location(line, 1), record.text, advice))
    if len(record.cells) != len(header):
        rule = f"A row has as many cells as the header, {len(header)}."
        found = f"{len(record.cells)} cells"
        advice = "Quote cells that contain the delimiter or a line break."
        return _bad(line, "", Finding(rule, Location(line, 1), found, advice))
    cells = dict(zip(header, record.cells, strict=True))
    key = row_key(profile, cells)
    at = Location(line, positions[profile.key[0]], profile.key[0])
    if not key:
        found, advice = cells[profile.key[0]], "Fill in the key columns."
        return _bad(line, "", Finding("The key of a row has a value.", at, found, advice))
    first = first_lines.setdefault(key, line)
    if first != line:
        rule = f"The key of a row is its own; this one stands on line {first} already."
        return _bad(line, key, Finding(rule, at, key, "Remove or renumber one of the rows."))
    try:
        row = read_row(profile, line, positions, cells)
    except InvalidCsvRow as error:
        return BadRow(line, key, error.findings)
    return Imported(line, key, row.order, row.despatch, row.receipt)


def _bad(line: int, key: str, finding: Finding) -> BadRow:
    short = Finding(finding.rule, finding.location, shortened(finding.found), finding.what_to_do)
    return BadRow(line, key, (short,))


def _header(profile: Profile, record: Record) -> tuple[str, ...]:
    findings = []
    if record.problem:
        advice = "Write the file with the encoding and quoting of the profile."
        findings.append(Finding(record.problem, Location(record.line, 1), record.text, advice))
    header = tuple(cell.strip() for cell in record.cells)
    for place, column in enumerate(header, 1):
        if column in header[: place - 1]:
            rule, advice = "A column name stands once.", "Rename or remove one of the columns."
            findings.append(Finding(rule, Location(record.line, place, column), column, advice))
    if not record.problem:
        for column in profile.columns:
            if column not in header:
                rule = f"The file has the column {column!r}, which profile {profile.name!r} reads."
                advice = "Use the profile of this file, or add the column."
                findings.append(Finding(rule, Location(record.line, 1, column), "", advice))
    if findings:
        raise CsvHeaderMismatch(findings)
    return header
