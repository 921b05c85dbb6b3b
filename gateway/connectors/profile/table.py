"""Reading a table by the one of its sender's mappings that has its columns."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from gateway.connectors.csv.profile import Profile
from gateway.connectors.csv.reader import RowOutcome, read_table
from gateway.connectors.csv.record import Record, read_records
from gateway.connectors.message import (
    ConnectorRefused,
    Finding,
    Location,
    UnsupportedDocument,
)
from gateway.connectors.profile.partner import Partner


@dataclass(frozen=True, slots=True)
class TableReading:
    """A table as it was read.

    Parameters
    ----------
    mapping : Profile
        By which of the partner's.
    records : list of Record
        What stands in it, the header first.
    rows : list
        What became of its rows.
    """

    mapping: Profile
    records: list[Record]
    rows: list[RowOutcome]


def read_rows(
    partner: Partner, content: bytes, *, is_workbook: bool, rows_max: int | None = None
) -> TableReading:
    """Read every row of a table.

    Raises
    ------
    UnsupportedDocument
        If the partner has no table in its profile, or the file more rows than `rows_max`.
    InvalidWorkbook, CsvHeaderMismatch
        If the sheets or columns are those of none of its tables.
    """
    if not partner.table:
        rule = "Tables are read by the profile of the partner that sends them."
        found = partner.label or "no profile"
        advice = "Store a profile with a table, and name its partner as the sender."
        raise UnsupportedDocument([Finding(rule, Location(1, 1), found, advice)])
    refusals: list[ConnectorRefused] = []
    for mapping in partner.table:
        try:
            records = _records(mapping, content, is_workbook)
            _require_bounded(records, rows_max)
            return TableReading(mapping, records, list(read_table(mapping, iter(records))))
        except ConnectorRefused as error:
            refusals.append(error)
    # The table that is missed by least is probably the one that was meant.
    raise min(refusals, key=lambda each: len(each.findings))


def _require_bounded(records: list[Record], rows_max: int | None) -> None:
    if rows_max is not None and len(records) - 1 > rows_max:
        rule, found = f"A table has at most {rows_max} rows here.", f"{len(records) - 1} rows"
        advice = "Split it, or bring it in with `consign import`."
        place = Location(records[rows_max + 1].line, 1)
        raise UnsupportedDocument([Finding(rule, place, found, advice)])


def _records(mapping: Profile, content: bytes, is_workbook: bool) -> list[Record]:
    if is_workbook:
        # The reader of workbooks is loaded by those gateways that are sent some.
        from gateway.connectors.excel import workbook

        return workbook.records(mapping, content)
    return list(read_records(mapping, BytesIO(content)))
