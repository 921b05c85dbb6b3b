"""How agreements and auctions are numbered: their opener's organisation above, its serial below."""

from typing import Final, NewType

Organisation = NewType("Organisation", int)
AgreementNumber = NewType("AgreementNumber", int)
AuctionNumber = NewType("AuctionNumber", int)

UINT32_MAX: Final = 2**32 - 1


def agreement_number(organisation: int, serial: int) -> AgreementNumber:
    """Number the agreement that an organisation proposes under one of its serials."""
    return AgreementNumber(_joined(organisation, serial))


def auction_number(organisation: int, serial: int) -> AuctionNumber:
    """Number the auction that a pool operator opens under one of its serials."""
    return AuctionNumber(_joined(organisation, serial))


def agreement_id(agreement: int) -> str:
    """Print an agreement's number as people see it, for example ``A1-7``."""
    return f"A{opener_of(agreement)}-{serial_of(agreement)}"


def auction_id(auction: int) -> str:
    """Print an auction's number as people see it, for example ``L8-1``."""
    return f"L{opener_of(auction)}-{serial_of(auction)}"


def opener_of(number: int) -> Organisation:
    """Give the organisation that proposed the agreement, or opened the auction, of a number."""
    return Organisation(number >> 32)


def serial_of(number: int) -> int:
    """Give the opener's own serial in an agreement's or auction's number."""
    return number & UINT32_MAX


def _joined(organisation: int, serial: int) -> int:
    assert 0 < organisation <= UINT32_MAX
    assert 0 <= serial <= UINT32_MAX
    return organisation << 32 | serial
