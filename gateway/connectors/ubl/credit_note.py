"""UBL 2.x CreditNote, in and out.

Notes
-----
Source: OASIS UBL 2.0 to 2.4, CreditNote; EN 16931-1; Peppol BIS Billing 3. Without a type it is a
general one (381), without a currency that of what is to be paid.
"""

from __future__ import annotations

from typing import Final

from gateway.connectors.message import InvalidUblCreditNote
from gateway.connectors.ubl.billing import HEAD, bill_line, billed, conclude
from gateway.connectors.ubl.mapping import Branch, Content, Leaf
from gateway.connectors.ubl.message_type import MessageType
from gateway.connectors.ubl.scalar import CREDIT_TYPE
from ledger.document.credit_note import CreditNote

_LINE: Final = bill_line("CreditNoteLine", "CreditedQuantity", billed("credited_quantity"))

_CREDIT_NOTE: Final = Content(
    "CreditNote",
    HEAD
    | {
        "CreditNoteTypeCode": Leaf("credit_note_type_code", CREDIT_TYPE),
        "CreditNoteLine": Branch(
            "credit_note_line", _LINE, is_many=True, is_required=True, has_extras=True
        ),
    },
    finish=conclude("credit_note_type_code", "381", "cbc:CreditNoteTypeCode"),
)

CREDIT_NOTE: Final = MessageType(
    _CREDIT_NOTE, CreditNote, InvalidUblCreditNote, "cac:CreditNoteLine/cbc:ID"
)
parse, render, unheld = CREDIT_NOTE.parse, CREDIT_NOTE.render, CREDIT_NOTE.unheld
