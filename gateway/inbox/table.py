"""CSV files and workbooks: what their rows became, by the tables of their sender's profile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from gateway.connectors.csv.profile import Profile
from gateway.connectors.csv.reader import BadRow, RowOutcome
from gateway.connectors.message import Finding, Location, UnsupportedDocument, shortened
from gateway.connectors.profile.partner import Partner
from gateway.connectors.profile.table import read_rows
from ledger.document.part import Document

FINDINGS_MAX: Final = 1_000
ROWS_MAX: Final = 10_000
"""They are read again for every document that is asked for."""


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
    found = read_rows(partner, content, is_workbook=is_workbook, rows_max=ROWS_MAX)
    return _gathered(found.mapping, found.rows)


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
