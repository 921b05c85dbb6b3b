"""Each partner's profile, held against the samples that lie beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from gateway.connectors.edi.extras import bare
from gateway.connectors.edi.message import Address
from gateway.connectors.json.document import as_fields
from gateway.connectors.message import ConnectorRefused
from gateway.connectors.profile.choice import Partners
from gateway.connectors.profile.learning import learn
from gateway.connectors.profile.partner import Partner, read_partner
from gateway.connectors.profile.trial import compare
from gateway.inbox.reading import read
from ledger.document.part import Document

HERE = Path(__file__).parent
SAMPLES = sorted((*HERE.glob("*/*.edi"), *HERE.glob("*/*.csv")))
NAMES = [f"{each.parent.name}-{each.stem}" for each in SAMPLES]


def _partner(sample: Path) -> Partner:
    return read_partner((sample.parent / "profile.toml").read_bytes())


def _documents(sample: Path, partners: Partners) -> list[Any]:
    found = read(sample.read_bytes(), sample.parent.name, partners)
    assert found.findings == ()
    return _fields(found.documents)


def _fields(documents: Iterable[Document]) -> list[Any]:
    """Spell what documents mean; how a message spells it, the next test holds."""
    spelled: list[Any] = json.loads(json.dumps([as_fields(bare(each)) for each in documents]))
    return spelled


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
def test_a_sample_means_what_was_agreed(sample: Path) -> None:
    expected = json.loads(sample.with_suffix(".json").read_text(encoding="utf-8"))
    assert _documents(sample, Partners((_partner(sample),))) == expected


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
def test_a_sample_is_read_and_written_back_as_it_was_sent(sample: Path) -> None:
    compared = list(compare(_partner(sample), sample.read_bytes()))
    assert compared
    for each in compared:
        assert (each.findings, each.warnings) == ((), ())
        assert [line for line in each.lines if line.is_altered] == []


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
def test_without_the_profile_a_sample_means_something_else_or_nothing(sample: Path) -> None:
    expected = json.loads(sample.with_suffix(".json").read_text(encoding="utf-8"))
    try:
        found = read(sample.read_bytes(), sample.parent.name, Partners())
    except ConnectorRefused:
        return
    assert _fields(found.documents) != expected


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
def test_a_profile_can_be_proposed_from_a_sample(sample: Path) -> None:
    text = learn([(sample.name, sample.read_bytes())], "proposed", "1")
    partner = read_partner(text.encode())
    known = _partner(sample)
    assert partner.charset == known.charset
    assert partner.addresses == known.addresses
    for proposed, agreed in zip(partner.table, known.table, strict=True):
        assert (proposed.decimal, proposed.grouping) == (agreed.decimal, agreed.grouping)
        assert (proposed.header_line, proposed.delimiter) == (agreed.header_line, agreed.delimiter)
        assert proposed.key == agreed.key


def test_no_two_profiles_claim_the_same_message() -> None:
    known = Partners(tuple(_partner(each) for each in SAMPLES))
    for partner in known.known:
        assert known.choose(partner.name) == partner
        for text in partner.addresses:
            qualifier, _, number = text.rpartition(":")
            assert known.choose("", Address(number, qualifier)) == partner
