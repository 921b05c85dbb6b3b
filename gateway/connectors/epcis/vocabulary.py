"""The words of the Core Business Vocabulary that events may use without naming a vocabulary."""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import AfterValidator

CBV: Final = "https://ref.gs1.org/cbv/"

_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`\x00-\x1f]+")
_RETIRED: Final = re.compile(r"urn:epcglobal:cbv|https?://ns\.gs1\.org/cbv/")

_BIZ_STEPS = """
    accepting arriving assembling collecting commissioning consigning creating_class_instance
    cycle_counting decommissioning departing destroying disassembling dispensing encoding
    entering_exiting holding inspecting installing killing loading other packing picking receiving
    removing repackaging repairing replacing reserving retail_selling sampling sensor_reporting
    shipping staging_outbound stock_taking stocking storing transporting unloading unpacking
    void_shipping
"""
BIZ_STEPS: Final = frozenset(_BIZ_STEPS.split())
_DISPOSITIONS = """
    active available completeness_inferred completeness_verified conformant container_closed
    container_open damaged destroyed dispensed disposed encoded expired in_progress in_transit
    inactive mismatch_class mismatch_instance mismatch_quantity needs_replacement
    no_pedigree_match non_conformant non_sellable_other partially_dispensed recalled reserved
    retail_sold returned sellable_accessible sellable_not_accessible stolen unavailable
    unknown
"""
DISPOSITIONS: Final = frozenset(_DISPOSITIONS.split())
_TRANSACTIONS = "bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt"
TRANSACTIONS: Final = frozenset(_TRANSACTIONS.split())
ENDS: Final = frozenset(("owning_party", "possessing_party", "location"))
ERROR_REASONS: Final = frozenset(("did_not_occur", "incorrect_data"))


def is_uri(text: str) -> bool:
    """Tell whether a text is an absolute URI, or a name with the prefix of a vocabulary."""
    return _URI.fullmatch(text) is not None


def bare(word: str, kind: str) -> str:
    """Give the word of the vocabulary that a URI stands for, such as `shipping`.

    Parameters
    ----------
    kind : str
        ``BizStep``, ``Disp``, ``BTT`` or ``SDT``.
    """
    for prefix in (f"{CBV}{kind}-", f"cbv:{kind}-"):
        if word.startswith(prefix):
            return word.removeprefix(prefix)
    return word


def _uri(text: str) -> str:
    if not is_uri(text):
        raise ValueError("must be an absolute URI, such as urn:epc:id:sscc:0614141.1234567890")
    return text


def _word(noun: str, words: frozenset[str]) -> AfterValidator:
    def check(text: str) -> str:
        if text in words or (is_uri(text) and not _RETIRED.match(text)):
            return text
        raise ValueError(f"must be a {noun} of the Core Business Vocabulary 2.0, or a URI")

    return AfterValidator(check)


Uri = Annotated[str, AfterValidator(_uri)]
BizStep = Annotated[str, _word("business step", BIZ_STEPS)]
Disposition = Annotated[str, _word("disposition", DISPOSITIONS)]
TransactionType = Annotated[str, _word("business transaction type", TRANSACTIONS)]
EndType = Annotated[str, _word("source or destination type", ENDS)]
ErrorReason = Annotated[str, _word("error reason", ERROR_REASONS)]
