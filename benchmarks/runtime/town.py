"""The network that is measured: an embedded chain, gateways, agreements between two members."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from rich.console import Console

from gateway.client import Desk
from gateway.network.members import MEMBERS
from gateway.network.network import Network, free_ports
from gateway.network.terms import agreement_terms
from ledger.deployment import Deployment
from ledger.key import SigningKey

READY_S = 30.0


@dataclass(frozen=True)
class Town:
    """What runs.

    Parameters
    ----------
    buyer, seller : Desk
        The two organisations that trade, at one gateway or at two.
    agreements : list of str
        In force between them.
    """

    network: Network
    session: aiohttp.ClientSession
    buyer: Desk
    seller: Desk
    agreements: list[str]

    @property
    def chain_url(self) -> str:
        """Address of the chain."""
        ports = self.network.home.ports()
        assert ports is not None
        return f"http://127.0.0.1:{ports.chain}"

    def pids(self) -> dict[str, int]:
        """Give the processes by name."""
        return self.network.pids()

    def signing_keys(self) -> dict[int, SigningKey]:
        """Open the keys of buyer and seller, as their own systems would hold them."""
        by_name = {each.name: each for each in MEMBERS}
        return {
            desk.organisation: self.network.home.signing_key(by_name[desk.name])
            for desk in (self.buyer, self.seller)
        }

    @property
    def deployment(self) -> Deployment:
        """Where the contracts are."""
        return Deployment.load(self.network.home.deployment)


@asynccontextmanager
async def town(
    folder: Path,
    console: Console,
    *,
    gateways: tuple[str, ...],
    parties: tuple[str, str],
    agreements: int,
    block_time_s: float,
) -> AsyncIterator[Town]:
    """Found a network, let two of its members conclude agreements, and stop it in the end.

    Parameters
    ----------
    parties : tuple of str
        Aliases of buyer and seller.
    """
    network = Network(folder, block_time_s, gateways)
    try:
        await asyncio.to_thread(
            network.start, free_ports(), lambda text: console.print(f"  {text}")
        )
        # Nothing of ours may be cut short: an answer to thousands of actions takes its time.
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=120)) as session:
            entries = {each["alias"]: each for each in network.home.sign_in_entries()}
            buyer, seller = (_desk(session, entries[alias]) for alias in parties)
            numbers = [await _agree(buyer, seller, place) for place in range(agreements)]
            yield Town(network, session, buyer, seller, numbers)
    finally:
        await asyncio.to_thread(network.stop)


def _desk(session: aiohttp.ClientSession, entry: dict[str, str | int]) -> Desk:
    return Desk(
        session,
        str(entry["gateway"]),
        str(entry["api_key"]),
        int(entry["organisation"]),
        str(entry["name"]),
    )


async def _agree(buyer: Desk, seller: Desk, place: int) -> str:
    seated = {"buyer": buyer, "seller": seller}
    body = {
        "seats": {"buyer": buyer.organisation, "seller": seller.organisation},
        "notice_days": 30,
        "terms": agreement_terms(f"FRAME-{place}", seated, "As measured."),
    }
    agreement: str = (await buyer.post("/v1/agreements", body))["agreement"]
    path = f"/v1/agreements/{agreement}"
    await seller.until(path, lambda found: found["state"] == "Proposed", "the proposal")
    await seller.post(f"{path}/sign")
    await _known(agreement, (buyer, seller))
    return agreement


async def _known(agreement: str, desks: Sequence[Desk]) -> None:
    for desk in desks:
        await desk.until(
            f"/v1/agreements/{agreement}", lambda found: found["state"] == "Active", "the agreement"
        )
