"""The plain content of a sealed block: salts, document, and the keys of attached files.

::

    seed[32] ‖ length D of the document, u32 ‖ document as canonical JSON[D]
    ‖ attached files as a canonical JSON list, to the end:
      [{"cid":"…",    of the block that lists the file's parts
        "id":"…",     the attachment's number in the document
        "key":"…64 hex…"}]    what the parts are encrypted with

Attached files ascend by their number, each once. What a file is, its size and its digest say fields
of the document, which the commitment covers; the list here says only where it lies and what opens
it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic_core import from_json

from ledger.document.canonical import SEED_BYTES, canonical_json
from ledger.document.errors import ContentNotCanonical

_DOCUMENT: Final = SEED_BYTES + 4


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """Where a file lies that goes with a document, and what opens it.

    Parameters
    ----------
    id : str
        Number of the attachment in the document.
    cid : str
        Of the block that lists the file's parts.
    key : bytes
        32 bytes, the key of this file alone.
    """

    id: str
    cid: str
    key: bytes

    def __post_init__(self) -> None:
        """Hold a key of the one size."""
        assert len(self.key) == 32, "a file's key has 32 bytes"


def write_payload(seed: bytes, document: bytes, attached: Sequence[AttachedFile]) -> bytes:
    """Join what is sealed together; the layout stands in the module docstring."""
    return seed + len(document).to_bytes(4, "big") + document + _list_of(attached)


def read_payload(payload: bytes) -> tuple[bytes, bytes, tuple[AttachedFile, ...]]:
    """Take content apart into seed, document and attached files.

    Raises
    ------
    ContentNotCanonical
        If it is not exactly what `write_payload` would write.
    """
    end = _DOCUMENT + int.from_bytes(payload[SEED_BYTES:_DOCUMENT], "big")
    if len(payload) < end:
        raise ContentNotCanonical("The content has the wrong layout.")
    attached = _read_list(payload[end:])
    return payload[:SEED_BYTES], payload[_DOCUMENT:end], attached


def _list_of(attached: Sequence[AttachedFile]) -> bytes:
    if not attached:
        return b"[]"
    ordered = sorted(attached, key=lambda each: each.id)
    return canonical_json(
        [{"cid": each.cid, "id": each.id, "key": each.key.hex()} for each in ordered]
    )


def _read_list(content: bytes) -> tuple[AttachedFile, ...]:
    if content == b"[]":
        return ()
    try:
        attached = tuple(map(_read_file, from_json(content)))
    except (ValueError, KeyError, TypeError):
        raise ContentNotCanonical("The list of attached files is not readable.") from None
    if len({each.id for each in attached}) != len(attached) or _list_of(attached) != content:
        raise ContentNotCanonical("The list of attached files is not in canonical form.")
    return attached


def _read_file(fields: dict[str, Any]) -> AttachedFile:
    number, cid, key = fields["id"], fields["cid"], fields["key"]
    if not (type(number) is str and type(cid) is str and len(key) == 64):
        raise ValueError("attached file")
    return AttachedFile(number, cid, bytes.fromhex(key))
