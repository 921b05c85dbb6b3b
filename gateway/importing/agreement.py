"""The agreement that imported orders are issued under."""

from __future__ import annotations

from typing import Any

import aiohttp

from gateway.client import Desk
from gateway.network.home import Home
from gateway.network.terms import agreement_terms

BUYER, SELLER = "brand", "seamworks"


def import_desks(session: aiohttp.ClientSession, home: Home) -> tuple[Desk, Desk]:
    """The desks of the members that buy and sell what is imported."""
    entries = {entry["alias"]: entry for entry in home.sign_in_entries()}
    buyer, seller = (
        Desk(session, each["gateway"], each["api_key"], each["organisation"], each["name"])
        for each in (entries[BUYER], entries[SELLER])
    )
    return buyer, seller


async def import_agreement(buyer: Desk, seller: Desk) -> str:
    """Find the agreement of two members without arbiter; make it at the first import.

    Raises
    ------
    GatewayRefused
        If a step of making it is refused.
    WaitedTooLong
        If it does not come into force.
    """
    proposed = ""
    # The oldest first: what the first import used stays in use.
    for each in reversed(await buyer.all_of("/v1/agreements")):
        if _holders(each["seats"]) != {"buyer": buyer.organisation, "seller": seller.organisation}:
            continue
        if each["state"] == "Active":
            return str(each["id"])
        if each["state"] == "Proposed":
            proposed = each["id"]
    # What an import proposed before it was killed is taken up again.
    agreement = proposed or await _propose(buyer, seller)
    path = f"/v1/agreements/{agreement}"
    await seller.until(path, lambda seen: seen["terms"] is not None, "the terms to arrive")
    await seller.post(f"{path}/sign")
    await buyer.until(path, lambda seen: seen["state"] == "Active", "the agreement to be in force")
    return agreement


def _holders(seats: dict[str, Any]) -> dict[str, int]:
    """Who sits where, without empty seats."""
    return {seat: holder["organisation"] for seat, holder in seats.items() if holder}


async def _propose(buyer: Desk, seller: Desk) -> str:
    terms = agreement_terms("IMPORT", {"buyer": buyer, "seller": seller}, "Imported history.")
    seats = {"buyer": buyer.organisation, "seller": seller.organisation}
    answer = await buyer.post("/v1/agreements", {"seats": seats, "notice_days": 0, "terms": terms})
    return str(answer["agreement"])
