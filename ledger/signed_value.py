"""What was signed, as the database keeps it: the fields that no column has, packed.

::

    batch    documents root (32) | manifest (32) | actions
    intent   agreement (8) | action (1) | number (4) | order (4) | document (32) | manifest (32)

Anything else is seldom, and is a JSON object with bytes as hex.
"""

import json
import struct
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from ledger.intent import (
    AgreementStep,
    Batch,
    Intent,
    LotStep,
    Opening,
    SealedBid,
    Signable,
    Withdrawal,
)

KINDS: Final[dict[str, type[Signable]]] = {
    "batch": Batch,
    "intent": Intent,
    "step": AgreementStep,
    "open": Opening,
    "commit": SealedBid,
    "step_lot": LotStep,
    "withdraw": Withdrawal,
}
"""What is signed, by the kind of a signed intent; anything else is a call without a signature."""

_INTENT: Final = struct.Struct(">QBII32s32s")


def freeze(value: Signable) -> bytes:
    """Pack what was signed, without organisation, deadline and nonce."""
    if isinstance(value, Batch):
        return value.documents_root + value.manifest + value.actions
    if isinstance(value, Intent):
        return _INTENT.pack(
            value.agreement,
            value.action,
            value.number,
            value.order,
            value.document,
            value.manifest,
        )
    return freeze_call(plain(value))


def thaw(kind: str, organisation: int, deadline: int, nonce: bytes, data: bytes) -> Signable:
    """Read what `freeze` packed."""
    number = int.from_bytes(nonce)
    if kind == "batch":
        return Batch(organisation, deadline, number, data[:32], data[32:64], data[64:])
    if kind == "intent":
        agreement, action, thing, order, document, manifest = _INTENT.unpack(data)
        return Intent(
            organisation, agreement, action, thing, order, deadline, number, document, manifest
        )
    return restored(kind, thaw_call(data))


def freeze_call(call: Mapping[str, Any]) -> bytes:
    """Write the arguments of a call."""
    return json.dumps(call, separators=(",", ":")).encode()


def thaw_call(data: bytes) -> dict[str, Any]:
    """Read what `freeze_call` wrote."""
    call: dict[str, Any] = json.loads(data)
    return call


def plain(value: Signable) -> dict[str, Any]:
    """Write what was signed as JSON: bytes as hex."""
    found = {field.name: getattr(value, field.name) for field in fields(value)}
    return {name: one.hex() if isinstance(one, bytes) else one for name, one in found.items()}


def restored(kind: str, values: Mapping[str, Any]) -> Signable:
    """Read what `plain` wrote; what the type has no field for is left out.

    Raises
    ------
    KeyError, TypeError, ValueError
        When a field is missing or is none of its kind.
    """
    model = KINDS[kind]
    found: dict[str, Any] = {}
    for field in fields(model):
        one = values[field.name]
        if field.type is bytes:
            one = bytes.fromhex(one)
        found[field.name] = tuple(one) if isinstance(one, list) else one
    return model(**found)
