"""One document has one canonical form, and leaves that say everything it says."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ledger.document.canonical import (
    canonical_bytes,
    canonical_json,
    leaves_of,
    read_canonical,
    salts_of,
    split_leaf,
)
from ledger.document.errors import (
    ContentNotCanonical,
    DocumentInvalid,
    FieldEmpty,
    FieldNameInvalid,
    LeavesTooMany,
    NestingTooDeep,
    NumberInexact,
    TextTooLarge,
    UnicodeInvalid,
)
from ledger.document.leaf import DEPTH_MAX, PLACES_MAX, TEXT_BYTES_MAX, _Place, _tree
from ledger.document.merkle import leaf_digest, top_of
from ledger.document.proof import commit_fields
from ledger.document.schema import parse_document

Samples = dict[str, dict[str, Any]]


def test_commitments_equal_the_vectors(vectors: Callable[[str], Any]) -> None:
    found = vectors("commitment")
    seed = bytes.fromhex(found["seed"])
    for case in found["documents"]:
        document, fields = read_canonical(case["canonical"].encode())
        commitment = commit_fields(fields, seed)
        assert canonical_bytes(document).decode() == case["canonical"]
        assert commitment.root.hex() == case["commitment"]
        assert commitment.leaf_count == case["leaf_count"]


def test_leaves_salts_and_digests_equal_the_vectors(vectors: Callable[[str], Any]) -> None:
    found = vectors("commitment")
    notice = next(
        json.loads(each["canonical"])
        for each in found["documents"]
        if '"document_type":"Notice"' in each["canonical"]
    )
    leaves = leaves_of(notice)
    salts = salts_of(bytes.fromhex(found["seed"]), len(leaves))
    rows = [
        [
            *split_leaf(leaf),
            salts[32 * index : 32 * index + 32].hex(),
            leaf_digest(salts[32 * index : 32 * index + 32], leaf).hex(),
        ]
        for index, leaf in enumerate(leaves)
    ]
    assert rows == found["leaves_of_notice"]


def test_trees_equal_the_vectors(vectors: Callable[[str], Any]) -> None:
    for case in vectors("commitment")["trees"]:
        assert top_of([bytes.fromhex(each) for each in case["digests"]]).hex() == case["top"]


def test_same_content_under_another_seed_has_another_commitment(samples: Samples) -> None:
    fields = samples["Notice"]
    assert commit_fields(fields, bytes(32)).root != commit_fields(fields, b"\1" * 32).root


def test_likely_values_cannot_be_found_from_a_commitment_without_the_salt(
    samples: Samples,
) -> None:
    leaves = leaves_of(samples["Notice"])
    index = next(i for i, leaf in enumerate(leaves) if leaf.startswith("/reason\n"))
    digest = leaf_digest(
        salts_of(b"\7" * 32, len(leaves))[32 * index : 32 * index + 32], leaves[index]
    )
    guesses = (f'/reason\n"{word} settled"' for word in ("All", "Nothing", "Most"))
    assert all(leaf_digest(bytes(32), guess) != digest for guess in guesses)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b'{"schema_version": 2,"document_type":"Notice"}',
        b'{"a": 1}',
        b'{"a":1}\n',
        b'{"a":1,"a":1}',
        b'{"a":"\\u0041"}',
        b'{"a":1.0}',
        b'{"a":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    ],
)
def test_other_spellings_are_refused(content: bytes) -> None:
    with pytest.raises((ContentNotCanonical, NumberInexact)):
        read_canonical(content)


@pytest.mark.parametrize(
    "fields",
    [
        {"price": {"value": "12.50", "currency_id": "EUR"}},
        {"price": {"value": 12, "currency_id": "EUR"}},
        {"terms": []},
        {"vehicle_type": None},
    ],
)
def test_values_that_would_be_normalised_are_refused_when_sealed(
    samples: Samples, fields: dict[str, Any]
) -> None:
    changed = samples["BidTerms"] | fields
    parse_document(changed)
    with pytest.raises((DocumentInvalid, FieldEmpty)):
        committed(canonical_json(changed))


def committed(content: bytes) -> bytes:
    return commit_fields(read_canonical(content)[1], bytes(32)).root


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({}, LeavesTooMany),
        ({"a": 1.5}, NumberInexact),
        ({"a": 2**53}, NumberInexact),
        ({"a": [1, float("nan")]}, NumberInexact),
        ({"a": None}, FieldEmpty),
        ({"a": []}, FieldEmpty),
        ({"a": [[]]}, FieldEmpty),
        ({"A": 1}, FieldNameInvalid),
        ({"a/b": 1}, FieldNameInvalid),
        ({"a\n": 1}, FieldNameInvalid),
        ({"a": {1: 2}}, FieldNameInvalid),
        ({"a": "x" * (TEXT_BYTES_MAX + 1)}, TextTooLarge),
        ({"a": ["é" * (TEXT_BYTES_MAX // 2 + 1)]}, TextTooLarge),
        ({"a": "x" * 10_000_000}, TextTooLarge),
        ({"a": "\ud800" * TEXT_BYTES_MAX}, UnicodeInvalid),
        ({"a": ["\udfff"]}, UnicodeInvalid),
        ({"a": "\udfff"}, UnicodeInvalid),
    ],
)
def test_content_that_cannot_be_committed_to_is_named(
    fields: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        commit_fields(fields, bytes(32))


def test_text_of_the_largest_size_is_committed_to() -> None:
    assert commit_fields({"a": "x" * TEXT_BYTES_MAX}, bytes(32)).leaf_count == 1


@pytest.mark.parametrize("wrap", [lambda inner: {"a": inner}, lambda inner: [inner]])
def test_nesting_is_followed_to_its_limit_and_no_further(wrap: Callable[[Any], Any]) -> None:
    inner: Any = 1
    for _ in range(DEPTH_MAX - 1):
        inner = wrap(inner)
    assert commit_fields({"a": inner}, bytes(32)).leaf_count == 1
    with pytest.raises(NestingTooDeep):
        commit_fields({"a": wrap(inner)}, bytes(32))


def test_encoder_refuses_what_it_cannot_follow() -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(NestingTooDeep):
        canonical_json({"a": deep})
    with pytest.raises(UnicodeInvalid):
        canonical_json({"a": "\ud800"})


def test_values_that_are_no_json_are_a_bug_of_the_caller() -> None:
    with pytest.raises(TypeError, match="bytes at /a"):
        leaves_of({"a": b"x"})


def test_empty_object_is_a_leaf_of_its_own() -> None:
    assert leaves_of({"a": {}}) == ["/a\n{}"]
    assert leaves_of({"a": [{}, "x", 2, False]}) == [
        "/a/0\n{}",
        '/a/1\n"x"',
        "/a/2\n2",
        "/a/3\nfalse",
    ]


def test_names_of_any_number_of_documents_do_not_pile_up() -> None:
    # More different names and positions than are kept, and one more document after them.
    for start in range(0, PLACES_MAX + 5_000, 5_000):
        fields = {f"name_{number}": ["x"] for number in range(start, start + 5_000)}
        assert len(leaves_of(fields)) == 5_000
        assert kept_below(_tree.top()) <= PLACES_MAX
    assert leaves_of({"name_7": "x", "b": [{"c": 1}]}) == ["/b/0/c\n1", '/name_7\n"x"']


def kept_below(place: _Place) -> int:
    return sum(1 + kept_below(each) for each in (*place.values(), *place.members.values()))


def test_position_of_a_list_is_no_name() -> None:
    assert leaves_of({"a": ["x"]}) == ['/a/0\n"x"']
    for name in ("0", 0):
        with pytest.raises(FieldNameInvalid):
            leaves_of({"a": {name: "x"}})


def test_long_lists_are_in_the_order_of_their_positions_as_text() -> None:
    leaves = leaves_of({"a": ["x"] * 1_030})
    assert leaves[:4] == ['/a/0\n"x"', '/a/1\n"x"', '/a/10\n"x"', '/a/100\n"x"']
    assert leaves == sorted(leaves)
