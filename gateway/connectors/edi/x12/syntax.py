"""What X12 says about segments: the elements they never lack, and its unit codes."""

from __future__ import annotations

from typing import Final

from gateway.connectors.edi.delimited import Dialect
from gateway.connectors.edi.segment import Segment, segment
from gateway.connectors.edi.syntax import Syntax

_REQUIRED: Final = {
    "AMT": "1 2",
    "BAK": "1 2 3 4",
    "BCA": "1 3 6",
    "BCH": "1 2 3 6",
    "BEG": "1 2 3 5",
    "BFR": "1 2|3 4 5 6 8",
    "BIG": "1 2",
    "BRA": "1 2 3 4",
    "BSN": "1 2 3 4",
    "BTR": "1 2",
    "CTT": "1",
    "CUR": "1 2",
    "DTM": "1 2|3|5",
    "FOB": "1",
    "FST": "1 2 3 4",
    "HL": "1 3",
    "LIN": "2 3",
    "MSG": "1",
    "N1": "1 2|3",
    "N2": "1",
    "N3": "1",
    "N9": "1 2|3",
    "PER": "1",
    "PID": "1",
    "POC": "2",
    "RCD": "2|4|6",
    "REF": "1 2|3",
    "SAC": "1 2|3",
    "SCH": "1 2 5 6",
    "SN1": "2 3",
    "TDS": "1",
    "TXI": "1",
    "UIT": "1",
}

_UNITS: Final = {
    # X12 element 355 to UN/ECE Recommendations 20 and 21, where the codes differ.
    "EA": "EA",
    "UN": "C62",
    "PC": "H87",
    "BX": "XBX",
    "BG": "XBG",
    "BO": "XBO",
    "BE": "XBE",
    "CA": "XCS",
    "CT": "XCT",
    "CY": "YDQ",
    "DR": "XDR",
    "JR": "XJR",
    "KT": "KT",
    "PK": "XPK",
    "PL": "XPX",
    "PF": "XPX",
    "PA": "XPL",
    "RL": "XRO",
    "TB": "XTU",
    "DZ": "DZN",
    "GR": "GRM",
    "GS": "GRO",
    "HC": "HC",
    "TH": "MIL",
    "PR": "PR",
    "ST": "SET",
    "SH": "ST",
    "LF": "LF",
    "LO": "LO",
    "AS": "AS",
    "KG": "KGM",
    "MP": "TNE",
    "LB": "LBR",
    "OZ": "ONZ",
    "TN": "STN",
    "LT": "LTR",
    "ML": "MLT",
    "GA": "GLL",
    "QT": "QT",
    "PT": "PT",
    "FO": "OZA",
    "CF": "FTQ",
    "CI": "INQ",
    "MR": "MTR",
    "CM": "CMT",
    "MM": "MMT",
    "FT": "FOT",
    "IN": "INH",
    "YD": "YRD",
    "SF": "FTK",
    "SY": "YDK",
    "SI": "INK",
    "SM": "MTK",
    "BF": "BFT",
    "HR": "HUR",
    "DA": "DAY",
    "WK": "WEE",
    "MO": "MON",
    "MJ": "MIN",
    "YR": "ANN",
    "KH": "KWH",
    "P1": "P1",
    "CE": "CEL",
    "FA": "FAH",
}


def _header(name: str, _version: str, reference: str) -> Segment:
    return segment("ST", name, reference)


X12: Final = Syntax(
    name="x12",
    dialect=Dialect("*", ":", "~", "^", "\\"),
    version="004010",
    required=_REQUIRED,
    header=_header,
    units=_UNITS,
    keeps_units=False,
)
"""The family of standards of ASC X12."""
