"""What units that are on no list probably mean, by the names that people give them."""

from __future__ import annotations

from typing import Final

_NAMES: Final = {
    "H87": "PC PCS PCE PCES PIECE PIECES STK STCK STUECK STÜCK PZ PZA UD UDS PI",
    "EA": "EA EACH",
    "C62": "UN UNIT UNITS ONE",
    "XCT": "CTN CTNS CRT CARTON CARTONS KARTON",
    "XCS": "CS CSE CASE CASES",
    "XBX": "BX BOX BOXES",
    "XPK": "PK PACK PACKS PKG PACKAGE PAQ",
    "XPX": "PLT PAL PALLET PALLETS PALETTE",
    "XBG": "BG BAG BAGS SACK",
    "XRO": "RL ROL ROLL ROLLS ROLLE",
    "KGM": "KG KGS KGM KILO KILOS",
    "GRM": "G GR GRM GRAM",
    "TNE": "T TO TON TONNE MT",
    "LBR": "LB LBS LBR",
    "MTR": "M MTR METER METRE MT. LFM",
    "CMT": "CM CMT",
    "MMT": "MM MMT",
    "MTK": "M2 SQM MTK QM",
    "MTQ": "M3 CBM MTQ",
    "LTR": "L LT LTR LITER LITRE",
    "PR": "PR PRS PAIR PAIRS PAAR",
    "SET": "SET SETS SATZ",
    "DZN": "DZ DOZ DZN DOZEN",
    "HUR": "H HR HRS HUR HOUR",
    "DAY": "D DAY DAYS TAG",
}
_UNITS: Final = {name: unit for unit, names in _NAMES.items() for name in names.split()}


def guessed_unit(text: str) -> str:
    """Guess the code of UN/ECE Recommendation 20 or 21; empty when the name says nothing."""
    return _UNITS.get(text.strip().rstrip(".").upper(), "")
