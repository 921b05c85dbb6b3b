"""Earlier versions of the models, and how what they say is said in the present one.

All types share one version number, which a release of the models raises. What was sealed in an
earlier version is never written anew: its bytes, its commitment and the proofs of its fields stay
as they are, and only the typed document read from it is of the present version.

====  ====================================================================================
from  what the step to the next version does
====  ====================================================================================
1     raises the number: version 2 added fields (`_ADDED_TO_ALL`, `_ADDED`) and two types
====  ====================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from ledger.document.errors import DocumentInvalid, DocumentTypeUnknown, Problem
from ledger.document.part import SCHEMA_VERSION

Migration = Callable[[Mapping[str, Any]], dict[str, Any]]
"""Takes plain values of one version of a type to the next, or refuses what was no such document."""

_FIRST: Final = (
    *("Order", "OrderResponse", "OrderChange", "OrderCancellation", "DeliverySchedule"),
    *("DespatchAdvice", "ReceiptAdvice", "QualityReport", "ReturnInstruction"),
    *("DisputeNotice", "ResolutionNotice", "AgreementTerms", "Notice"),
    *("Demand", "LotSpecification", "BidTerms", "ShareStatement"),
)
"""The types of version 1."""

_ADDED_TO_ALL: Final = ("attachment",)
_ADDED: Final[dict[str, tuple[str, ...]]] = {
    "AgreementTerms": ("reference_policy", "tolerance_days"),
    "QualityReport": ("quality_report_type_code",),
}
"""Fields of the head that version 2 added, to all types and to some."""


def _to_second(fields: Mapping[str, Any]) -> dict[str, Any]:
    added = _ADDED_TO_ALL + _ADDED.get(fields["document_type"], ())
    early = [name for name in added if name in fields]
    if early:
        raise DocumentInvalid(
            tuple(Problem(f"/{name}", "is a field of schema_version 2") for name in early)
        )
    return {**fields, "schema_version": 2}


MIGRATIONS: Final[dict[tuple[str, int], Migration]] = {(name, 1): _to_second for name in _FIRST}
"""The step from each earlier version of each type to the next one."""


def migrated(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Say in the present version what a document of any known version says.

    Parameters
    ----------
    fields : mapping
        Plain values with the name of a known type as `document_type`; they are not changed.

    Raises
    ------
    DocumentTypeUnknown
        If the type has no such `schema_version`.
    DocumentInvalid
        If the document has fields that its version did not have.
    """
    name, version = fields["document_type"], fields.get("schema_version")
    while version != SCHEMA_VERSION or type(version) is not int:
        step = MIGRATIONS.get((name, version)) if type(version) is int else None
        if step is None:
            raise DocumentTypeUnknown((Problem("/schema_version", f"must be {_versions(name)}"),))
        fields = step(fields)
        version = fields["schema_version"]
    return fields


def _versions(name: str) -> str:
    earlier = sorted(version for known, version in MIGRATIONS if known == name)
    return " or ".join(map(str, [*earlier, SCHEMA_VERSION]))
