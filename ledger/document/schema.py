"""From bytes to a typed document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ledger.document.agreement_terms import AgreementTerms
from ledger.document.credit_note import CreditNote
from ledger.document.delivery_schedule import DeliverySchedule
from ledger.document.despatch_advice import DespatchAdvice
from ledger.document.dispute import DisputeNotice, ResolutionNotice
from ledger.document.errors import DocumentInvalid, DocumentTypeUnknown, Problem
from ledger.document.invoice import Invoice
from ledger.document.migration import migrated
from ledger.document.notice import Notice
from ledger.document.order import Order
from ledger.document.order_cancellation import OrderCancellation
from ledger.document.order_change import OrderChange
from ledger.document.order_response import OrderResponse
from ledger.document.part import Document
from ledger.document.quality_report import QualityReport
from ledger.document.receipt_advice import ReceiptAdvice
from ledger.document.return_instruction import ReturnInstruction
from ledger.document.scalar import PATTERN_SENTENCES
from ledger.document.transport import BidTerms, Demand, LotSpecification, ShareStatement

DOCUMENT_BYTES_MAX: Final = 16 * 1024 * 1024

DOCUMENT_MODELS: Final[dict[str, type[Document]]] = {
    model.__name__: model
    for model in (
        Order,
        OrderResponse,
        OrderChange,
        OrderCancellation,
        DeliverySchedule,
        DespatchAdvice,
        ReceiptAdvice,
        QualityReport,
        ReturnInstruction,
        Invoice,
        CreditNote,
        DisputeNotice,
        ResolutionNotice,
        AgreementTerms,
        Demand,
        LotSpecification,
        BidTerms,
        ShareStatement,
        Notice,
    )
}
"""Every document type by its name."""


def parse_document(content: bytes | str | Mapping[str, Any]) -> Document:
    """Read a document of any type.

    Parameters
    ----------
    content : bytes, str or mapping
        JSON text, or the object it stands for. `document_type` chooses the model; earlier
        versions of it are migrated.

    Returns
    -------
    Document
        An instance of the model named by `document_type`, of its present version.

    Raises
    ------
    DocumentTypeUnknown
        If no model has this `document_type` and `schema_version`.
    DocumentInvalid
        With every problem found and its JSON pointer.
    """
    fields = _read_json(content) if isinstance(content, bytes | str) else content
    if not isinstance(fields, Mapping):
        _refuse("", "must be a JSON object")
    model = model_of(fields)
    try:
        return model.model_validate(migrated(fields))
    except ValidationError as error:
        raise DocumentInvalid(problems_of(error)) from None


def model_of(fields: Mapping[str, Any]) -> type[Document]:
    """Choose the model by `document_type`.

    Raises
    ------
    DocumentTypeUnknown
        If there is none.
    """
    name = fields.get("document_type")
    model = DOCUMENT_MODELS.get(name) if isinstance(name, str) else None
    if model is None:
        raise DocumentTypeUnknown(
            (Problem("/document_type", "must be one of " + ", ".join(DOCUMENT_MODELS)),)
        )
    return model


def _read_json(content: bytes | str) -> Any:
    if len(content) > DOCUMENT_BYTES_MAX:
        _refuse("", f"must have at most {DOCUMENT_BYTES_MAX} bytes")
    try:
        text = content.decode("utf-8") if isinstance(content, bytes) else content
        return json.loads(text, object_pairs_hook=_distinct, parse_constant=_not_a_number)
    except DocumentInvalid:
        raise
    except UnicodeDecodeError as error:
        _refuse("", f"must be UTF-8; byte {error.start} is not")
    except json.JSONDecodeError as error:
        _refuse("", f"must be JSON: {error.msg} at line {error.lineno} column {error.colno}")
    except RecursionError:
        _refuse("", "nests too deeply")
    except ValueError:
        _refuse("", "holds an integer with too many digits")


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        _refuse("", f"must not name a field twice: {twice[:64]!r}")
    return fields


def _not_a_number(name: str) -> NoReturn:
    _refuse("", f"must not hold {name}")


def _refuse(path: str, message: str) -> NoReturn:
    raise DocumentInvalid((Problem(path, message),))


def problems_of(error: ValidationError) -> tuple[Problem, ...]:
    """List what a validator found, each with its JSON pointer, without the values."""
    found = error.errors(include_url=False, include_input=False)
    inside = {each["loc"][:depth] for each in found for depth in range(len(each["loc"]))}
    return tuple(
        Problem(json_pointer(each["loc"]), _sentence(each))
        for each in found
        # Of a list whose parts are wrong, the validator also says that it is too short.
        if not (each["type"] == "too_short" and each["loc"] in inside)
    )


def json_pointer(steps: tuple[str | int, ...]) -> str:
    """Write a path as JSON pointer.

    Notes
    -----
    Source: RFC 6901, section 3.
    """
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def _sentence(found: ErrorDetails) -> str:
    pattern = found.get("ctx", {}).get("pattern")
    if pattern in PATTERN_SENTENCES:
        return PATTERN_SENTENCES[pattern]
    return found["msg"].removeprefix("Value error, ")
