"""Public messages of every standard become documents and come back, or are refused with places."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.connecting.corpus import Tally, survey

UNMAPPED_MAX = 1
"""A notice of cXML without lines."""


@pytest.fixture(scope="module")
def tally(shared: Path) -> Tally:
    return survey()


def test_every_public_message_is_read_or_refused_with_places(tally: Tally) -> None:
    assert tally.files >= 800
    assert tally.crashes == []
    assert tally.unlocated == []
    assert tally.slow == []


def test_nearly_every_valid_message_of_the_order_family_becomes_a_document(tally: Tally) -> None:
    assert len(tally.unmapped) <= UNMAPPED_MAX, tally.unmapped
    assert tally.valid_mapped_ratio is not None and tally.valid_mapped_ratio > 0.99


@pytest.mark.parametrize("standard", ["x12", "edifact", "ubl", "cxml"])
def test_every_message_that_is_read_comes_back_as_it_was_sent(tally: Tally, standard: str) -> None:
    assert tally.changed == []
    assert tally.roundtrip(standard) == 1
