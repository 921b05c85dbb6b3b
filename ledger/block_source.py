"""Where sealed blocks come from: our vault, or the gateway of whoever sealed them."""

from collections.abc import Sequence
from typing import Final

import aiohttp

from ledger.database import in_thread
from ledger.document.envelope import ENVELOPE_BYTES_MAX
from ledger.vault import Vault, cid_of
from ledger.vault.bundle import BUNDLE_BYTES_MAX, CIDS_MAX, BundleInvalid, read_bundle

TOGETHER_BYTES_MAX: Final = ENVELOPE_BYTES_MAX
"""What one call holds of blocks that were asked for one by one."""
SILENCES_MAX: Final = 2
"""After how many blocks that it does not answer for a gateway is not asked for the others."""
_READ_BYTES: Final = 256 * 1024
_NO_BUNDLES: Final = (404, 405, 501)


class BlockUnavailable(Exception):
    """A block cannot be fetched from its owner now."""


class EndpointUnavailable(BlockUnavailable):
    """Nothing can be fetched from an owner now."""


class BlockWrong(Exception):
    """What was fetched is not what the chain recorded."""


Fetched = bytes | BlockUnavailable | BlockWrong


class BlockSource:
    """Fetches blocks; what came from elsewhere is kept in our vault."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._without_bundles: set[str] = set()

    async def fetch_all(
        self, http: aiohttp.ClientSession, cids: Sequence[str], endpoint: str
    ) -> dict[str, Fetched]:
        """Take blocks from our vault, or from their sender's gateway into our vault.

        Parameters
        ----------
        cids : sequence of str
            At most ``CIDS_MAX``.

        Returns
        -------
        dict
            Each block, or why it is not here. Where blocks are large, some of those asked for are
            left out: they are to be asked for again.
        """
        assert len(cids) <= CIDS_MAX, "no more than one question takes"
        found: dict[str, Fetched] = {}
        found.update(await in_thread(self._vault.get_all, cids))
        absent = [cid for cid in dict.fromkeys(cids) if cid not in found]
        if not absent:
            return found
        try:
            fetched = await self._fetch_all(http, endpoint, absent)
        except EndpointUnavailable as problem:
            self._without_bundles.discard(endpoint)  # It may come back as a later version.
            return found | dict.fromkeys(absent, problem)
        blocks = [each for each in fetched.values() if isinstance(each, bytes)]
        if blocks:
            await in_thread(self._vault.put_all, blocks)
        return found | fetched

    async def _fetch_all(
        self, http: aiohttp.ClientSession, endpoint: str, cids: list[str]
    ) -> dict[str, Fetched]:
        found: dict[str, Fetched] = {}
        alone = cids
        if endpoint not in self._without_bundles:
            bundle = await self._fetch_bundle(http, endpoint, cids)
            if bundle is None:
                self._without_bundles.add(endpoint)
            else:
                found, alone = bundle
        return found | await _fetch_alone(http, endpoint, alone)

    async def _fetch_bundle(
        self, http: aiohttp.ClientSession, endpoint: str, cids: list[str]
    ) -> tuple[dict[str, Fetched], list[str]] | None:
        """Ask for many blocks at once; None where the gateway does not know how."""
        url = f"{endpoint}/v1/blocks/fetch"
        try:
            content = await _fetch(http, url, BUNDLE_BYTES_MAX, {"cids": cids})
            blocks, wrong, alone = read_bundle(cids, content)
        except _NotServed:
            return None
        except (BlockUnavailable, BlockWrong, BundleInvalid) as problem:
            raise EndpointUnavailable(f"{endpoint} answers wrongly: {problem}") from None
        found: dict[str, Fetched] = dict.fromkeys(cids, BlockUnavailable(f"{endpoint} has it not"))
        found.update(blocks)
        found.update(dict.fromkeys(wrong, _other_bytes(endpoint)))
        for cid in alone:
            del found[cid]
        return found, [cid for cid in cids if cid in alone]


async def _fetch_alone(
    http: aiohttp.ClientSession, endpoint: str, cids: list[str]
) -> dict[str, Fetched]:
    """Ask for blocks one by one, until they are many bytes or the gateway falls silent."""
    found: dict[str, Fetched] = {}
    size, silences = 0, 0
    for cid in cids:
        try:
            block = await _fetch(http, f"{endpoint}/v1/blocks/{cid}", ENVELOPE_BYTES_MAX)
            found[cid] = block if cid_of(block) == cid else _other_bytes(endpoint)
            size += len(block)
        except (BlockUnavailable, BlockWrong) as problem:
            found[cid] = problem
            silences += isinstance(problem, EndpointUnavailable)
        if size > TOGETHER_BYTES_MAX or silences == SILENCES_MAX:
            break
    if silences == SILENCES_MAX:
        silence = EndpointUnavailable(f"{endpoint} does not answer")
        return dict.fromkeys(cids, silence) | found
    return found


class _NotServed(BlockUnavailable):
    """The gateway has no such route, or not this block."""


def _other_bytes(endpoint: str) -> BlockWrong:
    return BlockWrong(f"{endpoint} answered with other bytes")


async def _fetch(
    http: aiohttp.ClientSession, url: str, bytes_max: int, body: dict[str, list[str]] | None = None
) -> bytes:
    asking = (
        http.get(url, allow_redirects=False)
        if body is None
        else http.post(url, json=body, allow_redirects=False)
    )
    origin = url.partition("/v1/")[0]
    try:
        async with asking as answer:
            if answer.status in _NO_BUNDLES:
                raise _NotServed(f"{origin} answered {answer.status}")
            if answer.status != 200:
                raise BlockUnavailable(f"{origin} answered {answer.status}")
            content = bytearray()
            while part := await answer.content.read(_READ_BYTES):
                content += part
                if len(content) > bytes_max:
                    raise BlockWrong(f"{origin} answered with more than it may")
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as problem:
        name = type(problem).__name__
        raise EndpointUnavailable(f"{origin or 'its sender'} does not answer: {name}") from None
    return bytes(content)
