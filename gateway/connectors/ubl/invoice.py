"""UBL 2.x Invoice, in and out.

Notes
-----
Source: OASIS UBL 2.0 to 2.4, Invoice; EN 16931-1; Peppol BIS Billing 3. Without a type it is a
general one (380), without a currency that of what is to be paid.
"""

from __future__ import annotations

from typing import Final

from gateway.connectors.message import InvalidUblInvoice
from gateway.connectors.ubl.billing import HEAD, bill_line, billed, conclude
from gateway.connectors.ubl.mapping import Branch, Content, Leaf
from gateway.connectors.ubl.message_type import MessageType
from gateway.connectors.ubl.scalar import DATE, INVOICE_TYPE
from ledger.document.invoice import Invoice

_LINE: Final = bill_line("InvoiceLine", "InvoicedQuantity", billed("invoiced_quantity"))

_INVOICE: Final = Content(
    "Invoice",
    HEAD
    | {
        "DueDate": Leaf("due_date", DATE),
        "InvoiceTypeCode": Leaf("invoice_type_code", INVOICE_TYPE),
        "InvoiceLine": Branch(
            "invoice_line", _LINE, is_many=True, is_required=True, has_extras=True
        ),
    },
    finish=conclude("invoice_type_code", "380", "cbc:InvoiceTypeCode"),
)

INVOICE: Final = MessageType(_INVOICE, Invoice, InvalidUblInvoice, "cac:InvoiceLine/cbc:ID")
parse, render, unheld = INVOICE.parse, INVOICE.render, INVOICE.unheld
