"""Where sealed blocks come from: our vault, their sender's gateway, other parties', and IPFS.

What is asked of a gateway is asked in the names of hosted organisations (see `ledger.asker`): it
serves to each only what it may have.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import aiohttp

from ledger.asker import ASKERS_MAX, Askers
from ledger.block_gateway import (
    BlockGateway,
    BlockUnavailable,
    BlockWrong,
    EndpointUnavailable,
    Fetched,
)
from ledger.database import in_thread
from ledger.vault import Vault
from ledger.vault.bundle import CIDS_MAX
from ledger.vault.kubo import IpfsUnreachable, Kubo

__all__ = [
    "BlockSource",
    "BlockUnavailable",
    "BlockWrong",
    "EndpointUnavailable",
    "Fetched",
    "Wanted",
]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A block that is wanted.

    Parameters
    ----------
    askers : sequence of int
        Hosted organisations that may have it; it is asked for in their names.
    others : sequence of str
        Endpoints of gateways that may hold it as well as its sender's.
    """

    cid: str
    askers: Sequence[int]
    others: Sequence[str] = ()


OURS_LACKS: Final = BlockUnavailable("the vault of this gateway, its sender, has it not")


class BlockSource:
    """Fetches blocks; what came from elsewhere is kept in our vault."""

    def __init__(self, vault: Vault, askers: Askers, ipfs: Kubo | None = None) -> None:
        self._vault = vault
        self._ipfs = ipfs
        self._askers = askers
        self._without_bundles: set[str] = set()

    async def fetch_all(
        self,
        http: aiohttp.ClientSession,
        wanted: Sequence[Wanted],
        endpoint: str | None,
        silent: set[str] | None = None,
    ) -> dict[str, Fetched]:
        """Take blocks from our vault, or from others' gateways into our vault.

        Parameters
        ----------
        wanted : sequence of Wanted
            At most ``CIDS_MAX``.
        endpoint : str, optional
            Of their sender, who is asked first; none where that is this gateway itself.
        silent : set of str, optional
            Gateways that did not answer and are not asked again; it grows.

        Returns
        -------
        dict
            Each block, or why its sender does not give it. Where blocks are large, some of those
            asked for are left out: they are to be asked for again.
        """
        assert len(wanted) <= CIDS_MAX, "no more than one question takes"
        silent = set() if silent is None else silent
        found: dict[str, Fetched] = {}
        found.update(await in_thread(self._vault.get_all, [each.cid for each in wanted]))
        absent = [each for each in wanted if each.cid not in found]
        fetched: dict[str, Fetched] = dict.fromkeys([each.cid for each in absent], OURS_LACKS)
        if endpoint is not None:
            fetched = await self._ask(http, endpoint, absent, silent)
        for other in dict.fromkeys(other for each in absent for other in each.others):
            lacking = [each for each in absent if other in each.others and _lacks(fetched, each)]
            answers = await self._ask(http, other, lacking, silent)
            fetched |= {cid: each for cid, each in answers.items() if isinstance(each, bytes)}
        if self._ipfs is not None:
            with suppress(IpfsUnreachable):
                lacking = [each for each in absent if _lacks(fetched, each)]
                fetched |= await self._ipfs.fetch([each.cid for each in lacking])
        blocks = [each for each in fetched.values() if isinstance(each, bytes)]
        if blocks:
            await in_thread(self._vault.put_all, blocks)
        return found | fetched

    async def _ask(
        self,
        http: aiohttp.ClientSession,
        endpoint: str,
        wanted: Sequence[Wanted],
        silent: set[str],
    ) -> dict[str, Fetched]:
        """Ask one gateway, in as many names as it takes."""
        nobody = BlockUnavailable("nobody hosted here may have it")
        found: dict[str, Fetched] = {each.cid: nobody for each in wanted if not each.askers}
        for askers, cids in _questions(wanted):
            left = [cid for cid in cids if not isinstance(found.get(cid), bytes)]
            if not left:
                continue
            if endpoint in silent:
                silence = EndpointUnavailable(f"{endpoint} does not answer")
                return found | {cid: silence for cid in left if cid not in found}
            authorization = self._askers.authorization(endpoint, askers)
            answers = await self._answers(BlockGateway(http, endpoint, authorization), left)
            if any(isinstance(each, EndpointUnavailable) for each in answers.values()):
                silent.add(endpoint)
            found |= answers
        return found

    async def _answers(self, gateway: BlockGateway, cids: list[str]) -> dict[str, Fetched]:
        found: dict[str, Fetched] = {}
        alone = cids
        if gateway.endpoint not in self._without_bundles:
            try:
                answered = await gateway.together(cids)
            except EndpointUnavailable as problem:
                return dict.fromkeys(cids, problem)
            if answered is None:
                self._without_bundles.add(gateway.endpoint)
            else:
                found, alone = answered
        found |= await gateway.one_by_one(alone)
        if any(isinstance(each, EndpointUnavailable) for each in found.values()):
            self._without_bundles.discard(gateway.endpoint)  # It may come back as a later version.
        return found


def _questions(wanted: Sequence[Wanted]) -> Iterator[tuple[set[int], list[str]]]:
    """Part what is wanted into questions that are not asked in too many names."""
    askers: set[int] = set()
    cids: dict[str, None] = {}
    most = max((len(each.askers) for each in wanted), default=0)
    for start in range(0, most, ASKERS_MAX):
        for each in wanted:
            part = set(each.askers[start : start + ASKERS_MAX])
            if not part:
                continue
            if len(askers | part) > ASKERS_MAX:
                yield askers, list(cids)
                askers, cids = set(), {}
            askers |= part
            cids[each.cid] = None
    if cids:
        yield askers, list(cids)


def _lacks(fetched: dict[str, Fetched], wanted: Wanted) -> bool:
    # What was left out for its size is still to be had from the sender.
    return isinstance(fetched.get(wanted.cid, b""), Exception)
