"""What EDIFACT says about segments: the elements they never lack, and unit codes of old."""

from __future__ import annotations

from typing import Final

from gateway.connectors.edi.delimited import Dialect
from gateway.connectors.edi.segment import Segment, segment
from gateway.connectors.edi.syntax import Syntax

_REQUIRED: Final = {
    "AJT": "1",
    "ALC": "1",
    "CNT": "1.1 1.2",
    "COM": "1.1 1.2",
    "CPS": "1",
    "DOC": "1",
    "DTM": "1.1",
    "EQD": "1",
    "FII": "1",
    "FTX": "1",
    "GIN": "1 2",
    "GIR": "1 2",
    "LOC": "1",
    "MEA": "1",
    "MOA": "1.1",
    "NAD": "1",
    "PAT": "1",
    "PCD": "1.1",
    "PIA": "1 2",
    "QTY": "1.1 1.2",
    "RFF": "1.1",
    "RNG": "1",
    "SCC": "1",
    "TAX": "1",
    "TDT": "1",
    "UNS": "1",
}

_UNITS: Final = {"PCE": "H87", "PCS": "H87", "EA": "EA"}
"""Codes of Recommendation 20 that were withdrawn, to those that stand for them."""


def _header(name: str, version: str, reference: str) -> Segment:
    return segment("UNH", reference, (name, *version.split(":")))


EDIFACT: Final = Syntax(
    name="edifact",
    dialect=Dialect("+", ":", "'", "*", "?"),
    version="D:96A:UN",
    required=_REQUIRED,
    header=_header,
    units=_UNITS,
)
"""The family of standards of UN/EDIFACT."""
