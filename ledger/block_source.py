"""Where sealed blocks come from: our vault, or the gateway of whoever sealed them."""

import logging

import aiohttp

from ledger.database import in_thread
from ledger.document.envelope import ENVELOPE_BYTES_MAX
from ledger.vault import BlockMissing, Vault, VaultError, cid_of

_log = logging.getLogger(__name__)


class BlockUnavailable(Exception):
    """A block cannot be fetched from its owner now."""


class BlockWrong(Exception):
    """What was fetched is not what the chain recorded."""


class BlockSource:
    """Fetches blocks; what came from elsewhere is kept in our vault."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def fetch(self, http: aiohttp.ClientSession, cid: str, endpoint: str) -> bytes:
        """Take a block from our vault, or from its sender's gateway into our vault.

        Raises
        ------
        BlockUnavailable
            When its sender does not answer with it.
        BlockWrong
            When its sender answers with something else.
        """
        try:
            return await in_thread(self._vault.get, cid)
        except BlockMissing:
            pass
        except VaultError as problem:
            _log.warning("fetching %s anew: %s", cid, problem)
        block = await _fetch(http, endpoint, cid)
        if cid_of(block) != cid:
            raise BlockWrong(f"{endpoint} answered with other bytes")
        await in_thread(self._vault.put, block)
        return block


async def _fetch(http: aiohttp.ClientSession, endpoint: str, cid: str) -> bytes:
    url = f"{endpoint.rstrip('/')}/v1/blocks/{cid}"
    try:
        async with http.get(url, allow_redirects=False) as answer:
            if answer.status != 200:
                raise BlockUnavailable(f"{endpoint} answered {answer.status}")
            block = await answer.content.read(ENVELOPE_BYTES_MAX + 1)
            while len(block) <= ENVELOPE_BYTES_MAX and not answer.content.at_eof():
                block += await answer.content.read(ENVELOPE_BYTES_MAX + 1 - len(block))
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as problem:
        raise BlockUnavailable(f"{endpoint} does not answer: {type(problem).__name__}") from None
    if len(block) > ENVELOPE_BYTES_MAX:
        raise BlockWrong(f"{endpoint} answered with more than a block may hold")
    return block
