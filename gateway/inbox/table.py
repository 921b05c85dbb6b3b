"""CSV files and workbooks: what their rows became, by the tables of their sender's profile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from gateway.connectors.csv import reader as csv_reader
from gateway.connectors.csv.profile import Profile
from gateway.connectors.csv.reader import BadRow, RowOutcome
from gateway.connectors.message import (
    CsvHeaderMismatch,
    Finding,
    Location,
    UnsupportedDocument,
    shortened,
)
from gateway.connectors.profile.partner import Partner
from ledger.document.part import Document

FINDINGS_MAX: Final = 1_000


@dataclass(frozen=True, slots=True)
class Taken:
    """What a table became.

    Parameters
    ----------
    table : str
        Which table of the profile it was read by.
    documents : tuple of Document
        Of each row that is right: its order, and what became of it.
    findings : tuple of Finding
        What is wrong with the other rows.
    """

    table: str
    documents: tuple[Document, ...]
    findings: tuple[Finding, ...]


def take(content: bytes, partner: Partner, *, is_workbook: bool) -> Taken:
    """Read every row of a table, by the first of the partner's tables that has its columns.

    Raises
    ------
    UnsupportedDocument
        If the partner has no table in its profile.
    InvalidWorkbook
        If the file is no workbook, or no sheet of it can be chosen.
    CsvHeaderMismatch
        If the columns are those of none of its tables.
    """
    if not partner.table:
        rule = "Tables are read by the profile of the partner that sends them."
        found = partner.label or "no profile"
        advice = "Store a profile with a table, and name its partner as the sender."
        raise UnsupportedDocument([Finding(rule, Location(1, 1), found, advice)])
    mismatches: list[CsvHeaderMismatch] = []
    for table in partner.table:
        try:
            return _gathered(table, _outcomes(table, content, is_workbook))
        except CsvHeaderMismatch as error:
            mismatches.append(error)
    # The table that is missed by least is probably the one that was meant.
    raise min(mismatches, key=lambda each: len(each.findings))


def _outcomes(table: Profile, content: bytes, is_workbook: bool) -> Iterator[RowOutcome]:
    if is_workbook:
        # The reader of workbooks is loaded by those gateways that are sent some.
        from gateway.connectors.excel import workbook

        return workbook.read(table, content)
    return csv_reader.read(table, BytesIO(content))


def _gathered(table: Profile, outcomes: Iterable[RowOutcome]) -> Taken:
    documents: list[Document] = []
    findings: list[Finding] = []
    bad = 0
    for row in outcomes:
        if isinstance(row, BadRow):
            bad += 1
            findings.extend(row.findings)
        else:
            found = (row.order, row.despatch, row.receipt)
            documents.extend(each for each in found if each is not None)
    if len(findings) > FINDINGS_MAX:
        rule, advice = f"{bad} rows are bad; this is where the list ends.", "Correct these first."
        last = findings[FINDINGS_MAX - 1].location
        findings[FINDINGS_MAX - 1 :] = [Finding(rule, last, shortened(f"{bad} rows"), advice)]
    if not documents and not findings:
        rule, advice = "A table has rows below its header.", "Send the rows too."
        raise UnsupportedDocument([Finding(rule, Location(1, 1), "", advice)])
    return Taken(table.name, tuple(documents), tuple(findings))
