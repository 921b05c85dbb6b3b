from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import IdentifierMalformed
from ledger.identifier import (
    DeliveryId,
    LotId,
    OrderId,
    agreement_id,
    auction_id,
    parse_agreement,
    parse_auction,
    parse_delivery,
    parse_lot,
    parse_order,
)
from ledger.number import agreement_number, auction_number, opener_of, serial_of

UINT32 = st.integers(0, 2**32 - 1)
ORGANISATION = st.integers(1, 2**32 - 1)
PARSERS: dict[str, Callable[[str], object]] = {
    "agreement": parse_agreement,
    "order": parse_order,
    "delivery": parse_delivery,
    "auction": parse_auction,
    "lot": parse_lot,
}


def test_identifiers_read_as_people_write_them() -> None:
    assert parse_agreement("A1-7") == agreement_number(1, 7)
    assert parse_order("A1-7-O12") == OrderId(agreement_number(1, 7), 12)
    assert parse_delivery("A1-7-D3") == DeliveryId(agreement_number(1, 7), 3)
    assert parse_auction("L8-1") == auction_number(8, 1)
    assert parse_lot("L8-1-0") == LotId(auction_number(8, 1), 0)


@given(ORGANISATION, UINT32, UINT32, st.integers(0, 63))
def test_printed_identifiers_are_read_back(
    organisation: int, serial: int, number: int, lot: int
) -> None:
    agreement, auction = (
        agreement_number(organisation, serial),
        auction_number(organisation, serial),
    )
    assert parse_agreement(agreement_id(agreement)) == agreement
    assert parse_auction(auction_id(auction)) == auction
    assert parse_order(str(OrderId(agreement, number))) == (agreement, number)
    assert parse_delivery(str(DeliveryId(agreement, number))) == (agreement, number)
    assert parse_lot(str(LotId(auction, lot))) == (auction, lot)
    assert (opener_of(agreement), serial_of(agreement)) == (organisation, serial)


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize(
    "text",
    ["", "A", "A1", "A1-", "a1-7", "A01-7", "A1-07", "A0-7", "A1-7 ", "A1-7\n", "A-1-7", "A1-7-",
     "A1-7-O", "A1-7-X1", "A1-7-O-1", "A4294967296-1", "A1-4294967296-O1", "A1-7-O4294967296",
     "A1-7-D00", "A\u0661-7", "L8-1-64", "L8-1-0-0", "1-7", "A1-7-O1-D1"],
)  # fmt: skip
def test_other_texts_are_refused_by_name(parser: str, text: str) -> None:
    with pytest.raises(IdentifierMalformed) as caught:
        PARSERS[parser](text)
    assert caught.value.context["text"] == text


def test_one_kind_is_not_another() -> None:
    with pytest.raises(IdentifierMalformed, match="an order like"):
        parse_order("A1-7-D3")
    with pytest.raises(IdentifierMalformed, match="a delivery like"):
        parse_delivery("A1-7-O3")
