"""Identifiers as people and APIs see them.

``A1-7`` is an agreement, ``A1-7-O12`` an order and ``A1-7-D3`` a delivery in it; ``L8-1`` is an
auction and ``L8-1-0`` a lot in it. The first number is the organisation that opened it.
"""

import re
from typing import Final, NamedTuple

from ledger.errors import IdentifierMalformed
from ledger.number import (
    UINT32_MAX,
    AgreementNumber,
    AuctionNumber,
    agreement_id,
    agreement_number,
    auction_id,
    auction_number,
)

__all__ = [
    "DeliveryId",
    "LotId",
    "OrderId",
    "agreement_id",
    "auction_id",
    "parse_agreement",
    "parse_auction",
    "parse_delivery",
    "parse_lot",
    "parse_order",
]

# No leading zeros, so that one thing has one spelling.
_NUMBER: Final = r"(0|[1-9][0-9]{0,9})"
_AGREEMENT: Final = re.compile(rf"A{_NUMBER}-{_NUMBER}")
_ORDER: Final = re.compile(rf"A{_NUMBER}-{_NUMBER}-O{_NUMBER}")
_DELIVERY: Final = re.compile(rf"A{_NUMBER}-{_NUMBER}-D{_NUMBER}")
_AUCTION: Final = re.compile(rf"L{_NUMBER}-{_NUMBER}")
_LOT: Final = re.compile(rf"L{_NUMBER}-{_NUMBER}-{_NUMBER}")


class OrderId(NamedTuple):
    """An order: its agreement, and its number inside it."""

    agreement: AgreementNumber
    number: int

    def __str__(self) -> str:
        """Print it, for example ``A1-7-O12``."""
        return f"{agreement_id(self.agreement)}-O{self.number}"


class DeliveryId(NamedTuple):
    """A delivery: its agreement, and its number inside it."""

    agreement: AgreementNumber
    number: int

    def __str__(self) -> str:
        """Print it, for example ``A1-7-D3``."""
        return f"{agreement_id(self.agreement)}-D{self.number}"


class LotId(NamedTuple):
    """A lot: its auction, and its place in it."""

    auction: AuctionNumber
    lot: int

    def __str__(self) -> str:
        """Print it, for example ``L8-1-0``."""
        return f"{auction_id(self.auction)}-{self.lot}"


def parse_agreement(text: str) -> AgreementNumber:
    """Read an agreement's identifier.

    Raises
    ------
    IdentifierMalformed
        When the text is not one.
    """
    organisation, serial = _numbers(_AGREEMENT, text, "an agreement like A1-7")
    return agreement_number(organisation, serial)


def parse_order(text: str) -> OrderId:
    """Read an order's identifier.

    Raises
    ------
    IdentifierMalformed
        When the text is not one.
    """
    organisation, serial, number = _numbers(_ORDER, text, "an order like A1-7-O12")
    return OrderId(agreement_number(organisation, serial), number)


def parse_delivery(text: str) -> DeliveryId:
    """Read a delivery's identifier.

    Raises
    ------
    IdentifierMalformed
        When the text is not one.
    """
    organisation, serial, number = _numbers(_DELIVERY, text, "a delivery like A1-7-D3")
    return DeliveryId(agreement_number(organisation, serial), number)


def parse_auction(text: str) -> AuctionNumber:
    """Read an auction's identifier.

    Raises
    ------
    IdentifierMalformed
        When the text is not one.
    """
    organisation, serial = _numbers(_AUCTION, text, "an auction like L8-1")
    return auction_number(organisation, serial)


def parse_lot(text: str) -> LotId:
    """Read a lot's identifier.

    Raises
    ------
    IdentifierMalformed
        When the text is not one.
    """
    expected = "a lot like L8-1-0"
    organisation, serial, lot = _numbers(_LOT, text, expected)
    if lot > 63:
        raise IdentifierMalformed(text=text, expected=expected)
    return LotId(auction_number(organisation, serial), lot)


def _numbers(pattern: re.Pattern[str], text: str, expected: str) -> list[int]:
    match = pattern.fullmatch(text)
    numbers = [int(group) for group in match.groups()] if match else []
    if not numbers or numbers[0] == 0 or max(numbers) > UINT32_MAX:
        raise IdentifierMalformed(text=text, expected=expected)
    return numbers
