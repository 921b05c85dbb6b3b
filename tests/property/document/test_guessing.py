"""Who knows every likely value of a field does not find out which one was committed to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from hypothesis import given

from ledger.document.canonical import canonical_form, leaves_of, salts_of, split_leaf
from ledger.document.merkle import leaf_digest, leaf_digests
from ledger.document.part import Document
from ledger.document.proof import FieldProof, commit, prove
from ledger.document.schema import parse_document
from tests.property.document.document_strategies import SAMPLES, documents, seeds

VALUES = 1_000_000 if os.environ.get("DEEP") == "1" else 10_000
SEED = sha256(b"a seed that nobody is told").digest()
POINTER = "/order_line/0/price/price_amount/value"
ORDER: dict[str, Any] = next(each for each in SAMPLES if each["document_type"] == "Order")


def priced(cents: int) -> Document:
    """The order whose first line has a price among the likely ones."""
    line, *others = ORDER["order_line"]
    price = line["price"] | {"price_amount": {"value": decimal(cents), "currency_id": "NOK"}}
    return parse_document(ORDER | {"order_line": [line | {"price": price}, *others]})


def decimal(cents: int) -> str:
    """Spell hundredths as documents do."""
    whole, hundredths = divmod(cents, 100)
    fraction = f"{hundredths:02}".rstrip("0")
    return f"{whole}.{fraction}" if fraction else str(whole)


def dictionary() -> Iterator[str]:
    """Every price from 0.01 on, as its leaf."""
    return (f'{POINTER}\n"{decimal(cents)}"' for cents in range(1, VALUES + 1))


def all_but_the_price(document: Document) -> FieldProof:
    """The most that can be disclosed without the price: every other field of the document."""
    pointers = [split_leaf(leaf)[0] for leaf in leaves_of(canonical_form(document))]
    return prove(document, SEED, set(pointers) - {POINTER})


def test_a_dictionary_of_likely_values_finds_no_commitment() -> None:
    document = priced(VALUES // 2)
    shown = all_but_the_price(document)
    # With every other field disclosed the digest of the price itself stands among the siblings.
    (hidden,) = shown.siblings
    salts = guessed_salts(document, shown)
    assert not any(leaf_digest(salt, leaf) == hidden for leaf in dictionary() for salt in salts)


def guessed_salts(document: Document, shown: FieldProof) -> list[bytes]:
    """What the salt might be, were salts missing, shared, or made of what others know."""
    root = commit(document, SEED).root
    index = min({*range(shown.leaf_count)} - {field.index for field in shown.fields})
    neighbour = next(field for field in shown.fields if field.index == index - 1)
    return [
        b"",
        bytes(32),
        neighbour.salt,
        sha256(neighbour.salt).digest(),
        sha256(root + POINTER.encode()).digest(),
    ]


def test_the_same_dictionary_finds_the_value_for_whoever_has_the_salt() -> None:
    # So that the test above fails when it should.
    document = priced(VALUES // 2)
    (hidden,) = all_but_the_price(document).siblings
    (field,) = prove(document, SEED, [POINTER]).fields
    found = [leaf for leaf in dictionary() if leaf_digest(field.salt, leaf) == hidden]
    assert found == [f'{POINTER}\n"{decimal(VALUES // 2)}"']


def test_equal_documents_and_equal_fields_have_nothing_in_common() -> None:
    leaves = leaves_of(canonical_form(priced(100)))
    one, other = (
        leaf_digests(salts_of(seed, len(leaves)), leaves) for seed in (SEED, sha256(SEED).digest())
    )
    assert not set(one) & set(other)
    same = [f"/note/0\n{value}" for value in ['"x"'] * 1000]
    assert len(set(leaf_digests(salts_of(SEED, 1000), same))) == 1000


@given(documents(), seeds)
def test_no_salt_serves_two_fields(document: Document, seed: bytes) -> None:
    count = len(leaves_of(canonical_form(document)))
    salts = salts_of(seed, count)
    assert len({salts[at : at + 32] for at in range(0, len(salts), 32)}) == count
    assert seed not in salts
