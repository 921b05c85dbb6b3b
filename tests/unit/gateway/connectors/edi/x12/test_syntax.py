"""Units of X12 whose letters mean something else in UN/ECE, and back."""

from __future__ import annotations

import pytest

from gateway.connectors.edi.profile import PLAIN, PartnerProfile
from gateway.connectors.edi.reading import Writing
from gateway.connectors.edi.x12.syntax import X12


@pytest.mark.parametrize(
    ("own", "unit"),
    [("PC", "H87"), ("UN", "C62"), ("PL", "XPX"), ("PA", "XPL"), ("ST", "SET"), ("SH", "ST")],
)
def test_letters_that_mean_something_else_are_translated(own: str, unit: str) -> None:
    assert X12.units[own] == unit
    assert Writing(X12, PLAIN).unit(unit) == own


def test_every_unit_is_read_again_as_it_was_written() -> None:
    writing = Writing(X12, PLAIN)
    assert all(X12.units[writing.unit(unit)] == unit for unit in X12.units.values())
    assert all(len(own) == 2 for own in X12.units)


def test_a_unit_without_a_code_of_its_own_is_written_as_the_nearest() -> None:
    assert Writing(X12, PLAIN).unit("NAR") == "EA"
    assert Writing(X12, PLAIN).unit("EA") == "EA"


def test_a_partner_spells_a_unit_its_own_way() -> None:
    assert Writing(X12, PartnerProfile(units={"PLT": "XPX"})).unit("XPX") == "PLT"
