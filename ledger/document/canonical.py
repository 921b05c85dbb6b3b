r"""The canonical form of a document, its leaves and their salts.

Canonical form
    RFC 8785 JSON of the document without fields that are absent (``None`` or an empty list);
    `document_type` and `schema_version` are always there. One document, one spelling. Names of
    fields are lower snake case, integers stay below 2**53 and floats do not occur, so that sorting
    by code point and the plain JSON encoder give exactly what RFC 8785 asks for.
Leaves
    Every scalar is a leaf: the text ``pointer ‖ "\n" ‖ value``, where the pointer is an RFC 6901
    JSON pointer and the value is canonical JSON. Neither half can contain a line feed, so the text
    splits in one way only. An empty object is a leaf as well (``{}``), so that the leaves say
    everything the canonical form says. Leaves are ordered by their text as UTF-8 bytes, which is
    the order of their pointers.
Salts
    Leaf ``i`` of that order has as its salt bytes ``32·i .. 32·i + 31`` of the AES-256-CTR key
    stream under the document's seed, counter starting at zero. The seed is 256 random bits drawn
    for this one document. AES-256 in counter mode with a random key is a pseudorandom generator:
    whoever sees some blocks of its output can neither compute another block nor tell it from random
    bits without finding the key. So the salts serve exactly as independently drawn 256-bit salts
    would: disclosing leaf ``i`` discloses salt ``i`` and nothing else, while the envelope carries
    32 bytes instead of 32 per field. A seed must never serve two documents.

    One key stream instead of one HMAC per path costs 0.02 µs per leaf instead of 3 µs.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from pydantic import ValidationError
from pydantic_core import from_json, to_json

from ledger.document.errors import (
    ContentNotCanonical,
    DocumentInvalid,
    NestingTooDeep,
    UnicodeInvalid,
)
from ledger.document.leaf import DEPTH_MAX, leaves_as_they_come
from ledger.document.migration import migrated
from ledger.document.part import Document
from ledger.document.scalar import CANONICAL
from ledger.document.schema import model_of, problems_of

SEED_BYTES: Final = 32
SALT_BYTES: Final = 32

_COUNTER_START: Final = bytes(16)
_encode: Final = json.JSONEncoder(
    ensure_ascii=False,
    allow_nan=False,
    sort_keys=True,
    check_circular=False,
    separators=(",", ":"),
).encode


def new_seed() -> bytes:
    """Draw the seed of one document's salts: 256 random bits."""
    return secrets.token_bytes(SEED_BYTES)


def canonical_form(document: Document) -> dict[str, Any]:
    """Reduce a document to plain JSON values, without what is absent."""
    head: dict[str, Any] = {
        "document_type": type(document).__name__,
        "schema_version": document.schema_version,
    }
    return dict(sorted((head | document.model_dump(exclude_defaults=True)).items()))


def spell(fields: Mapping[str, Any]) -> tuple[bytes, list[str]]:
    """Write the canonical JSON of plain values, and list their leaves in order.

    Raises
    ------
    CommitmentError
        If the values cannot be committed to.
    """
    found = leaves_as_they_come(fields)
    leaves = sorted(found)
    # Leaves that come in order come from names that do, which need no sorting to be written.
    return (_as_it_comes(fields) if found == leaves else canonical_json(fields)), leaves


def canonical_json(fields: Any) -> bytes:
    """Write the canonical JSON of plain values that hold no float and only snake-case names.

    Raises
    ------
    UnicodeInvalid
        If a string holds a lone surrogate.
    NestingTooDeep
        If the encoder cannot follow the nesting.
    """
    try:
        text: str = _encode(fields)
        return text.encode()
    except UnicodeEncodeError:
        raise UnicodeInvalid("A string of the document holds a lone surrogate.") from None
    except RecursionError:
        raise NestingTooDeep("The document nests too deeply.", depth_max=DEPTH_MAX) from None


def canonical_bytes(document: Document) -> bytes:
    """Write the canonical JSON of a document, as it is sealed."""
    return spell(canonical_form(document))[0]


def read_canonical(content: bytes) -> tuple[Document, dict[str, Any]]:
    """Read a document that must be in canonical form.

    Returns
    -------
    tuple of Document and dict
        The typed document, of the present version, and the plain values it was read from, which
        are of the version that was committed to.

    Raises
    ------
    ContentNotCanonical, CommitmentError
        As `read_fields` does.
    DocumentInvalid
        If the content breaks its model.
    """
    fields, _ = read_fields(content)
    return document_of(fields), fields


def read_fields(content: bytes) -> tuple[dict[str, Any], list[str]]:
    """Read plain values that must be in canonical form, and list their leaves.

    Raises
    ------
    ContentNotCanonical
        If `content` is not JSON, or not the one canonical spelling of what it says.
    CommitmentError
        If the values cannot be committed to.
    """
    try:
        fields = from_json(content, cache_strings="keys")
    except ValueError:
        raise ContentNotCanonical("The content is not JSON.") from None
    if not isinstance(fields, dict):
        raise ContentNotCanonical("The content is not a JSON object.")
    # Written again in the order in which they came, the values give the content, unless it has
    # spaces, other escapes or a name twice; and their leaves are in order just if all names are.
    if to_json(fields) != content:
        raise ContentNotCanonical("The content is not written in canonical form.")
    found = leaves_as_they_come(fields)
    leaves = sorted(found)
    if found != leaves:
        raise ContentNotCanonical("The content is not written in canonical form.")
    return fields, leaves


def document_of(fields: Mapping[str, Any]) -> Document:
    """Give the typed document, of the present version, that plain values stand for.

    Raises
    ------
    DocumentInvalid
        If they break their model.
    """
    model = model_of(fields)
    try:
        return model.model_validate(migrated(fields), context=CANONICAL)
    except ValidationError as error:
        raise DocumentInvalid(problems_of(error)) from None


def leaves_of(fields: Mapping[str, Any]) -> list[str]:
    r"""List the leaves of plain values in their order, each as ``pointer ‖ "\n" ‖ value``.

    Raises
    ------
    NestingTooDeep, TextTooLarge, LeavesTooMany, NumberInexact, FieldEmpty, FieldNameInvalid
        If the values cannot be committed to.
    """
    return sorted(leaves_as_they_come(fields))


def split_leaf(leaf: str) -> tuple[str, str]:
    """Split a leaf into its pointer and its value as JSON."""
    pointer, _, value = leaf.partition("\n")
    return pointer, value


def salts_of(seed: bytes, count: int) -> bytes:
    """Derive the salts of `count` leaves, 32 bytes each, one after the other.

    Notes
    -----
    Source: NIST SP 800-38A, section 6.5; why such salts are as good as independent ones stands in
    the module docstring.
    """
    assert len(seed) == SEED_BYTES, "a seed has 32 bytes"
    stream = Cipher(AES(seed), CTR(_COUNTER_START)).encryptor()
    return stream.update(bytes(SALT_BYTES * count))


def _as_it_comes(fields: Mapping[str, Any]) -> bytes:
    try:
        return to_json(fields)
    except ValueError:
        raise UnicodeInvalid("A string of the document holds a lone surrogate.") from None
