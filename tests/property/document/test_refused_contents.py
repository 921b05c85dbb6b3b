"""What cannot be a document is refused by name, wherever it comes from, and breaks nothing."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.document import errors
from ledger.document.canonical import canonical_form, leaves_of
from ledger.document.errors import DocumentError, DocumentInvalid, LeafDuplicate
from ledger.document.proof import FieldProof, commit, commit_fields, prove, verify
from ledger.document.schema import parse_document
from ledger.vault import BlockCorrupt, BlockMissing, CidInvalid, FileVault, cid_of, digest_of
from tests.property.document.document_strategies import (
    SAMPLES,
    SMALLEST,
    crafted,
    opened,
    sealed,
    texts,
)

NOTICE: Final = next(each for each in SAMPLES if each["document_type"] == "Notice")
TEXT: Final = json.dumps(NOTICE, separators=(",", ":"), sort_keys=True)
LARGE: Final = "x" * 10_000_000
DEEP: Final = 200_000


def with_field(value: str) -> bytes:
    """The notice with one more field, whose value is this JSON."""
    return TEXT.replace("{", '{"a_field":' + value + ",", 1).encode("utf-8", "surrogatepass")


CONTENTS: Final[dict[str, bytes]] = {
    "lists nested deeply": with_field("[" * DEEP + "]" * DEEP),
    "objects nested deeply": with_field('{"a":' * DEEP + "1" + "}" * DEEP),
    "objects nested just too deeply": with_field('{"a":' * 40 + "1" + "}" * 40),
    "a string of ten megabytes": with_field(f'"{LARGE}"'),
    "a name of ten megabytes": with_field(f'{{"{LARGE}":1}}'),
    "a number of ten megabytes": with_field("1" * 10_000_000),
    "a lone surrogate, escaped": with_field('"\\ud800"'),
    "a lone surrogate, encoded": with_field('"\ud800"'),
    "no UTF-8": TEXT.encode() + b"\xff",
    "the character U+0000": with_field('"\\u0000"'),
    "a float": with_field("1.5"),
    "not a number": with_field("NaN"),
    "a number beyond exactness": with_field("9007199254740993"),
    "null": with_field("null"),
    "an empty list": with_field("[]"),
    "a field twice": TEXT.replace("{", '{"id":"0",', 1).encode(),
    "a field of no model": with_field('"x"'),
    "a type of no model": TEXT.replace('"Notice"', '"Poem"').encode(),
    "no object": b"[]",
    "half an object": TEXT[:-1].encode(),
    "nothing": b"",
}


CONTENT_ERRORS: Final = {
    error.__name__
    for error in vars(errors).values()
    if isinstance(error, type) and issubclass(error, DocumentInvalid | errors.CommitmentError)
}


@pytest.mark.parametrize("name", CONTENTS)
def test_content_is_refused_by_name_where_it_is_handed_in(name: str) -> None:
    with pytest.raises(DocumentInvalid) as caught:
        parse_document(CONTENTS[name])
    assert caught.value.problems
    assert LARGE not in str(caught.value.context)


@pytest.mark.parametrize("name", CONTENTS)
def test_content_is_refused_by_name_where_it_comes_sealed(name: str) -> None:
    # Block, header, wraps, signature and commitment are in order: only the content is not.
    content = CONTENTS[name]
    with pytest.raises(DocumentError) as caught:
        opened(crafted(content), commitment_of(content))
    assert caught.value.name in {"ContentNotCanonical", *CONTENT_ERRORS}
    assert LARGE not in str(caught.value.context)


def commitment_of(content: bytes) -> bytes:
    """What a hostile sender would have recorded, where the content has a commitment at all."""
    try:
        return commit_fields(json.loads(content), bytes(32)).root
    except (ValueError, AttributeError, RecursionError, DocumentError):
        return bytes(32)


FIELDS: Final[list[tuple[str, Any]]] = [
    ("TextTooLarge", LARGE),
    ("UnicodeInvalid", "\ud800" * 40_000),
    ("NumberInexact", 1.5),
    ("NumberInexact", 2**53),
    ("FieldEmpty", None),
    ("FieldEmpty", []),
    ("FieldNameInvalid", {"Name": 1}),
    ("FieldNameInvalid", {LARGE: 1}),
]


@pytest.mark.parametrize(("name", "value"), FIELDS, ids=lambda each: str(each)[:20])
def test_values_that_cannot_be_committed_to_are_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(errors.CommitmentError) as caught:
        leaves_of({"a": {"b": [value]}})
    assert caught.value.name == name


def test_depth_is_bounded_whoever_nests() -> None:
    nested: Any = 1
    for _ in range(31):
        nested = {"a": nested}
    assert len(leaves_of({"a": nested})) == 1
    for too_deep in ({"a": {"a": nested}}, {"a": [[[nested]]]}):
        with pytest.raises(errors.NestingTooDeep):
            leaves_of(too_deep)


@given(st.data())
def test_a_field_shown_twice_is_refused(data: Any) -> None:
    seed = bytes(32)
    pointers = [leaf.partition("\n")[0] for leaf in leaves_of(canonical_form(SMALLEST))]
    proof = prove(SMALLEST, seed, [data.draw(st.sampled_from(pointers))])
    twice = FieldProof(proof.leaf_count, proof.fields * 2, proof.siblings)
    for read in (twice, FieldProof.from_bytes(twice.to_bytes())):
        with pytest.raises(LeafDuplicate):
            verify(read, commit(SMALLEST, seed).root)


@given(texts | st.from_regex(r"b[a-z2-7]{58}", fullmatch=True))
def test_a_text_that_names_no_block_is_refused(text: str) -> None:
    with pytest.raises(CidInvalid):
        digest_of(text)


@given(st.binary(max_size=100))
def test_a_block_has_one_name(block: bytes) -> None:
    cid = cid_of(block)
    assert cid_of(block + b"\0") != cid
    for other in (cid.upper(), cid[:-1] + chr(ord(cid[-1]) ^ 1), cid + "="):
        with pytest.raises(CidInvalid):
            digest_of(other)


def test_a_vault_gives_nothing_but_what_was_asked_for(tmp_path: Path) -> None:
    block, other = sealed(SMALLEST).block, sealed(SMALLEST).block
    vault = FileVault(tmp_path)
    cid = vault.put(block)
    with pytest.raises(BlockMissing):
        vault.get(cid_of(other))
    with sqlite3.connect(tmp_path / "blocks.sqlite") as connection:
        connection.execute("UPDATE block SET content = ?", (other,))
    connection.close()
    with pytest.raises(BlockCorrupt):
        vault.get(cid)
    assert vault.get_all([cid]) == {}
