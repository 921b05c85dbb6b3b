"""What Peppol BIS 3 wants every message to say of itself: its customisation and its process.

Notes
-----
Source: Peppol BIS Ordering 3, Advanced Ordering 3, Despatch Advice 3, Billing 3, Message Level
Response 3. A message that was read keeps what its sender said.
"""

from __future__ import annotations

from typing import Final, TypeVar

from gateway.connectors.ubl.extra import PREFIX
from ledger.document.part import Document, Extra

D = TypeVar("D", bound=Document)

_TRANSACTION: Final = "urn:fdc:peppol.eu:poacc:trns:"
_PROCESS: Final = "urn:fdc:peppol.eu:poacc:bis:"
_BILLING: Final = (
    "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
    "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0",
)

ORDERING: Final = f"{_PROCESS}ordering:3"
ADVANCED_ORDERING: Final = f"{_PROCESS}advanced_ordering:3"

IDENTIFIERS: Final = {
    "CreditNote": _BILLING,
    "DespatchAdvice": (f"{_TRANSACTION}despatch_advice:3", f"{_PROCESS}despatch_advice:3"),
    "Invoice": _BILLING,
    "MessageLevelResponse": (f"{_TRANSACTION}mlr:3", f"{_PROCESS}mlr:3"),
    "Order": (f"{_TRANSACTION}order:3", ORDERING),
    "OrderCancellation": (f"{_TRANSACTION}order_cancellation:3", ADVANCED_ORDERING),
    "OrderChange": (f"{_TRANSACTION}order_change:3", ADVANCED_ORDERING),
    "OrderResponse": (f"{_TRANSACTION}order_response:3", ORDERING),
}
"""Message to its customisation and its process."""

_ADVANCED_RESPONSE: Final = f"{_TRANSACTION}order_response_advanced:3"


def addressed(document: D, *, is_advanced: bool = False) -> D:
    """Let a document say which Peppol message it is written as, unless it says so.

    Parameters
    ----------
    document : Document
        The document.
    is_advanced : bool
        Whether orders and their answers belong to advanced ordering, as where they may be changed
        and cancelled.

    Raises
    ------
    KeyError
        If Peppol has no message for such documents.
    """
    name = type(document).__name__
    customisation, process = IDENTIFIERS[name]
    if is_advanced and process == ORDERING:
        process = ADVANCED_ORDERING
        customisation = _ADVANCED_RESPONSE if name == "OrderResponse" else customisation
    said = {extra.path for extra in document.extras}
    wanted = {
        f"{PREFIX}/{name}/cbc:CustomizationID": customisation,
        f"{PREFIX}/{name}/cbc:ProfileID": process,
    }
    added = [Extra(path=path, value=value) for path, value in wanted.items() if path not in said]
    return document.model_copy(update={"extras": (*document.extras, *added)})
