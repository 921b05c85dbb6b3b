"""How things are called in answers: identifiers, actions with hyphens, digests in hexadecimal."""

from __future__ import annotations

import re
from typing import Final

from gateway.errors import ActionUnknown
from ledger import lifecycle
from ledger.identifier import DeliveryId, LotId, OrderId
from ledger.lifecycle import Row
from ledger.number import AgreementNumber, AuctionNumber, agreement_id, auction_id

_is_digest: Final = re.compile(r"0x[0-9a-f]{64}").fullmatch


def order_id(agreement: int, number: int) -> str:
    """Print an order's identifier."""
    return str(OrderId(AgreementNumber(agreement), number))


def delivery_id(agreement: int, number: int) -> str:
    """Print a delivery's identifier."""
    return str(DeliveryId(AgreementNumber(agreement), number))


def hexadecimal(digest: bytes | None) -> str | None:
    """Print a digest; none, and the digest of nothing, stay away."""
    return f"0x{digest.hex()}" if digest and any(digest) else None


def read_digest(text: str) -> bytes | None:
    """Read a digest as `hexadecimal` prints it; none where it is something else."""
    return bytes.fromhex(text[2:]) if _is_digest(text) else None


def names_of(machine: str, agreement: int | None, number: int, order: int | None) -> dict[str, str]:
    """Name what a wish is about, as answers do.

    Parameters
    ----------
    agreement : int, optional
        Number of the agreement; for the auction contract, of the auction.
    order : int, optional
        The order that a delivery belongs to.
    """
    if agreement is None:
        return {}
    if machine == "agreement":
        return {"agreement": agreement_id(agreement)}
    if machine == "auction":
        return {"auction": auction_id(agreement)}
    if machine == "lot":
        lot = str(LotId(AuctionNumber(agreement), number))
        return {"auction": auction_id(agreement), "lot": lot}
    names = {"agreement": agreement_id(agreement)}
    if machine == "order":
        return {**names, "order": order_id(agreement, number)}
    belongs = {} if order is None else {"order": order_id(agreement, order)}
    return {**names, **belongs, "delivery": delivery_id(agreement, number)}


def row_spelled(machine: str, action: str) -> Row:
    """Find the row of an action as paths spell it, with hyphens.

    Raises
    ------
    ActionUnknown
        If the table has no such action.
    """
    try:
        return lifecycle.row_named(machine, action.replace("-", "_"))
    except KeyError:
        raise ActionUnknown(action) from None
