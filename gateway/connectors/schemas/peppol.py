"""Which Schematron of Peppol and EN 16931 holds for a message, and from when on.

Notes
-----
Source: OpenPeppol, Peppol BIS 3 release notes: a release of May is mandatory from the end of
August on, one of November from the end of February on. CustomizationID: EN 16931-1 and the Peppol
policy for use of identifiers; a restriction (``:restrictive:``, ``#compliant#``) obeys all rules of
what it restricts, an extension (``:extended:``, ``#conformant#``) need not.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_TRANSACTION: Final = "urn:fdc:peppol.eu:poacc:trns:"
EN_16931: Final = "urn:cen.eu:en16931:2017"
BILLING: Final = f"{EN_16931}#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
SELF_BILLING: Final = f"{EN_16931}#compliant#urn:fdc:peppol.eu:2017:poacc:selfbilling:3.0"

CUSTOMIZATIONS: Final = {
    "CEN-EN16931-UBL": EN_16931,
    "PEPPOL-EN16931-UBL": BILLING,
    "PEPPOL-EN16931-UBL-SB": SELF_BILLING,
    "PEPPOLBIS-T01": f"{_TRANSACTION}order:3",
    "PEPPOLBIS-T16": f"{_TRANSACTION}despatch_advice:3",
    "PEPPOLBIS-T19": f"{_TRANSACTION}catalogue:3",
    "PEPPOLBIS-T58": f"{_TRANSACTION}catalogue_response:3",
    "PEPPOLBIS-T71": f"{_TRANSACTION}mlr:3",
    "PEPPOLBIS-T76": f"{_TRANSACTION}order_response:3",
    "PEPPOLBIS-T77": f"{_TRANSACTION}punch_out:3",
    "PEPPOLBIS-T110": f"{_TRANSACTION}order_agreement:3",
    "PEPPOLBIS-T111": f"{_TRANSACTION}invoice_response:3",
    "PEPPOLBIS-T114": f"{_TRANSACTION}order_change:3",
    "PEPPOLBIS-T115": f"{_TRANSACTION}order_cancellation:3",
    "PEPPOLBIS-T116": f"{_TRANSACTION}order_response_advanced:3",
}
"""Name of a stylesheet to the CustomizationID whose rules it holds."""

_MANDATORY: Final = {
    "2025.5": "2025-08-25",
    "2025.11": "2026-02-23",
    "2026.5": "2026-08-17",
}
_RELEASE: Final = re.compile(r"(\d{4})\.(\d{1,2})")
_MONTHS_UNTIL_MANDATORY: Final = 3
_EXTENSIONS: Final = (":extended:", "#conformant#")
_RESTRICTIONS: Final = (":restrictive:", "#compliant#")


def release_in(path: str) -> str:
    """Find the release that a path names as one of its folders; empty when it names none."""
    found = [step for step in path.split("/")[:-1] if _RELEASE.fullmatch(step)]
    return found[-1] if found else ""


def since(release: str) -> str:
    """Give the day from which on a release holds; where it was not announced, in three months."""
    match = _RELEASE.fullmatch(release)
    if match is None:
        return ""
    months = int(match[1]) * 12 + int(match[2]) - 1 + _MONTHS_UNTIL_MANDATORY
    assumed = date(months // 12, months % 12 + 1, 1).isoformat()
    return _MANDATORY.get(release, assumed)


def governs(customization: str, declared: str) -> bool:
    """Tell whether the rules of one CustomizationID hold for a message that declares another."""
    if declared == customization:
        return True
    rest = declared.removeprefix(customization)
    if rest == declared or any(mark in rest for mark in _EXTENSIONS):
        return False
    return rest.startswith(_RESTRICTIONS)
