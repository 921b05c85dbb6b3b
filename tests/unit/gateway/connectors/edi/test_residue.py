"""The residue: a block comes back as it was sent, and follows its fields when they change."""

from __future__ import annotations

import pytest

from gateway.connectors.edi.delimited import Dialect
from gateway.connectors.edi.residue import difference, restored
from gateway.connectors.edi.segment import Segment

DIALECT = Dialect("*", ":", "~", "^", "\\")


def _block(text: str) -> list[Segment]:
    return [DIALECT.read(each) for each in text.split()]


@pytest.mark.parametrize(
    ("sent", "written"),
    [
        ("REF*A*1 REF*B*2", "REF*A*1 REF*B*2"),
        ("REF*B*2 REF*A*1", "REF*A*1 REF*B*2"),
        ("REF*A*1 ZZZ*x REF*B*2 ZZZ*y", "REF*A*1 REF*B*2"),
        ("BEG*00*NE*7", "BEG*00*SA*7"),
        ("BEG*00*NE*7***", "BEG*00*SA*7*x"),
        ("PO1*1", "PO1*1 CTT*1"),
        ("", "PO1*1"),
        ("PO1*1", ""),
        ("N3*a N3*a N3*b", "N3*b N3*a"),
    ],
)
def test_a_block_comes_back_as_it_was_sent(sent: str, written: str) -> None:
    entries = list(difference(_block(sent), _block(written), DIALECT))
    assert restored(_block(written), entries, DIALECT) == _block(sent)
    assert bool(entries) == (sent != written)


def test_what_rides_along_keeps_its_place_when_a_field_changes() -> None:
    entries = list(difference(_block("A*1 Z*9 B*2"), _block("A*1 B*2"), DIALECT))
    assert restored(_block("A*1 B*3"), entries, DIALECT) == _block("A*1 Z*9 B*3")


def test_what_the_fields_add_later_is_not_lost() -> None:
    entries = list(difference(_block("B*2 A*1"), _block("A*1 B*2"), DIALECT))
    assert restored(_block("A*1 B*2 C*3"), entries, DIALECT) == _block("A*1 B*2 C*3")


@pytest.mark.parametrize(
    "entry",
    [
        ("x", "A*1"),
        ("1/A/x", "1"),
        ("order", "2:0-1 1"),
        ("order", "2:0-9"),
        ("order", "x"),
        ("1/A/size", "many"),
    ],
)
def test_an_entry_that_is_none_is_refused(entry: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match=r"x|order|size"):
        restored(_block("A*1 B*2"), [entry], DIALECT)
