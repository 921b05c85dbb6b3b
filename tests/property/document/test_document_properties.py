"""What holds for the canonical form, the leaves and the tree of every document."""

from __future__ import annotations

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ledger.document.canonical import (
    canonical_bytes,
    canonical_form,
    canonical_json,
    leaves_of,
    read_canonical,
    read_fields,
    spell,
    split_leaf,
)
from ledger.document.errors import ContentNotCanonical
from ledger.document.merkle import batch_leaf, batch_root, climb, siblings_of, top_of
from ledger.document.part import Document
from ledger.document.scalar import exact
from ledger.document.schema import parse_document
from tests.property.document.document_strategies import documents, texts

names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
scalars = st.one_of(texts, st.integers(-(2**53) + 1, 2**53 - 1), st.booleans())
trees = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4), st.dictionaries(names, inner, max_size=4)
    ),
    max_leaves=20,
)


@given(documents())
def test_every_document_is_read_back_from_its_canonical_form(document: Document) -> None:
    content = canonical_bytes(document)
    again, fields = read_canonical(content)
    assert again == document
    assert parse_document(content) == document
    assert leaves_of(fields) == leaves_of(canonical_form(document))


@given(st.dictionaries(names, trees, max_size=5))
def test_canonical_json_is_that_of_rfc_8785(fields: dict[str, Any]) -> None:
    assert canonical_json(fields) == rfc8785.dumps(fields)


@given(st.dictionaries(names, trees, min_size=1, max_size=5))
def test_values_are_spelled_in_one_way_whatever_order_they_come_in(fields: dict[str, Any]) -> None:
    content, leaves = spell(fields)
    assert content == rfc8785.dumps(fields)
    in_order = json.loads(content)
    assert spell(in_order) == (content, leaves) == (content, leaves_of(fields))
    assert read_fields(content) == (in_order, leaves)


@given(st.dictionaries(names, trees, min_size=2, max_size=5))
def test_values_written_in_another_order_are_not_canonical(fields: dict[str, Any]) -> None:
    content = canonical_json(fields)
    backwards = {name: fields[name] for name in sorted(fields, reverse=True)}
    assert read_fields(content)[0] == fields
    with pytest.raises(ContentNotCanonical):
        read_fields(json.dumps(backwards, ensure_ascii=False, separators=(",", ":")).encode())


@given(st.dictionaries(names, trees, min_size=1, max_size=5))
def test_leaves_are_distinct_in_order_and_say_everything(fields: dict[str, Any]) -> None:
    pairs = [split_leaf(leaf) for leaf in leaves_of(fields)]
    pointers = [pointer.encode() for pointer, _ in pairs]
    assert pointers == sorted(set(pointers))
    for pointer, value in pairs:
        found: Any = fields
        for step in pointer.split("/")[1:]:
            found = found[int(step)] if isinstance(found, list) else found[step]
        assert json.loads(value) == found
        assert type(json.loads(value)) is type(found)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9)))
def test_exact_spelling_keeps_the_number(value: Any) -> None:
    assert type(value)(exact(value)) == value
    assert exact(exact(value)) == exact(value)


@given(st.integers(1, 200), st.data())
def test_any_leaves_of_any_tree_lead_to_its_top(count: int, data: st.DataObject) -> None:
    digests = [batch_leaf(position, bytes(32)) for position in range(count)]
    chosen = data.draw(st.sets(st.integers(0, count - 1), min_size=1, max_size=10))
    known = {index: digests[index] for index in chosen}
    assert climb(count, known, siblings_of(digests, chosen)) == top_of(digests)


@given(st.integers(1, 100), st.integers(1, 100))
def test_trees_of_different_size_have_different_roots(one: int, other: int) -> None:
    tops = [top_of([bytes(32)] * count) for count in (one, other)]
    roots = [batch_root(count, top) for count, top in zip((one, other), tops, strict=True)]
    assert (roots[0] == roots[1]) == (one == other)
