"""Awarded prices become shares that add up and that nobody is worse off by."""

import pytest

from gateway.auctions.errors import PoolTooExpensive
from gateway.auctions.pricing import shares_of
from ledger.document import canonical_form, parse_document
from tests.unit.gateway.pool.cases import (
    ANTWERP,
    AUCTION,
    VILNIUS,
    WARSAW,
    awarded,
    document,
    planned,
)

EUR = {"currency_id": "EUR"}


def test_shares_add_up_to_the_price_and_none_exceeds_its_alone_price() -> None:
    plan = planned(
        ("A5-1-O1", 5, document()),
        ("A6-1-O1", 6, document(ANTWERP, alone_price={"value": "1040"} | EUR)),
    )
    shares = shares_of(awarded(plan, (1, 158_501)), plan, ["A5-1-O1", "A6-1-O1"])
    assert sum(each.share_minor for each in shares) == 158_501
    assert all(0 < each.share_minor <= each.alone_price_minor for each in shares)
    assert [each.player for each in shares] == ["0000000005", "0000000006"]


def test_share_of_a_firm_is_split_over_its_demands() -> None:
    plan = planned(
        ("A5-1-O1", 5, document()),
        ("A5-1-O2", 5, document(ANTWERP, alone_price={"value": "590"} | EUR)),
    )
    first, second = shares_of(awarded(plan, (1, 120_001)), plan, ["A5-1-O1", "A5-1-O2"])
    assert first.share_minor + second.share_minor == 120_001
    assert first.share_minor == pytest.approx(2 * second.share_minor, abs=2)
    assert "2 demands" in first.why


def test_bundle_price_is_split_over_its_lots_and_failed_ones_are_not_charged() -> None:
    plan = planned(
        ("A5-1-O1", 5, document()),
        ("A6-1-O1", 6, document(WARSAW, VILNIUS, alone_price={"value": "944"} | EUR)),
    )
    assert len(plan.lots) == 2
    both = ["A5-1-O1", "A6-1-O1"]
    south, east = shares_of(awarded(plan, (3, 106_200)), plan, both)
    assert (south.share_minor, east.share_minor) == (59_000, 47_200)
    assert shares_of(awarded(plan, (3, 106_200), state="Failed"), plan, both) == []


def test_price_above_what_all_pay_alone_is_shared_by_nobody() -> None:
    plan = planned(("A5-1-O1", 5, document()))
    with pytest.raises(PoolTooExpensive) as caught:
        shares_of(awarded(plan, (1, 118_001)), plan, ["A5-1-O1"])
    assert caught.value.context == {"lots": [0], "price_minor": 118_001, "alone_minor": 118_000}


def test_price_that_those_who_stay_cannot_carry_is_shared_by_nobody() -> None:
    plan = planned(("A5-1-O1", 5, document()), ("A6-1-O1", 6, document(ANTWERP)))
    with pytest.raises(PoolTooExpensive):
        shares_of(awarded(plan, (1, 150_000)), plan, ["A5-1-O1"])


def test_statement_holds_the_share_of_one_demand_only() -> None:
    plan = planned(("A5-1-O1", 5, document()), ("A6-1-O1", 6, document(ANTWERP)))
    share, _ = shares_of(awarded(plan, (1, 150_000)), plan, ["A5-1-O1", "A6-1-O1"])
    content = canonical_form(share.statement(AUCTION, "EUR", "2026-03-01"))
    assert parse_document(content).id == "S-A5-1-O1"
    assert len(content["share"]) == 1
    assert "A6-1-O1" not in str(content)
