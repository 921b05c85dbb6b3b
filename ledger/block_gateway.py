"""Another member's gateway, as far as it serves blocks; it may be old, slow, silent or lying."""

from dataclasses import dataclass
from typing import Any, Final

import aiohttp

from ledger.document.block import ENVELOPE_BYTES_MAX
from ledger.vault import cid_of
from ledger.vault.bundle import BUNDLE_BYTES_MAX, BundleInvalid, read_bundle

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


@dataclass(frozen=True, slots=True)
class BlockGateway:
    """A gateway that is asked for blocks.

    Parameters
    ----------
    authorization : str
        Proves which members ask; see `ledger.asker`.
    """

    http: aiohttp.ClientSession
    endpoint: str
    authorization: str

    async def together(self, cids: list[str]) -> tuple[dict[str, Fetched], list[str]] | None:
        """Ask for many blocks with one question; None where the gateway does not know how.

        Returns
        -------
        tuple of dict and list
            What was answered, and the CIDs to be asked for by themselves.

        Raises
        ------
        EndpointUnavailable
            If it does not answer, or with what is no answer.
        """
        try:
            content = await self._read("fetch", BUNDLE_BYTES_MAX, {"cids": cids})
            blocks, wrong, alone = read_bundle(cids, content)
        except _NotServed:
            return None
        except EndpointUnavailable:
            raise
        except (BlockUnavailable, BlockWrong, BundleInvalid) as problem:
            raise EndpointUnavailable(f"{self.endpoint} answers wrongly: {problem}") from None
        absent = BlockUnavailable(f"{self.endpoint} has it not")
        found: dict[str, Fetched] = dict.fromkeys(cids, absent)
        found.update(blocks)
        found.update(dict.fromkeys(wrong, self._other_bytes()))
        for cid in alone:
            del found[cid]
        return found, [cid for cid in cids if cid in alone]

    async def one_by_one(self, cids: list[str]) -> dict[str, Fetched]:
        """Ask for blocks one by one, until they are many bytes or the gateway falls silent."""
        found: dict[str, Fetched] = {}
        size, silences = 0, 0
        for cid in cids:
            try:
                block = await self._read(cid, ENVELOPE_BYTES_MAX)
                found[cid] = block if cid_of(block) == cid else self._other_bytes()
                size += len(block)
            except (BlockUnavailable, BlockWrong) as problem:
                found[cid] = problem
                silences += isinstance(problem, EndpointUnavailable)
            if size > TOGETHER_BYTES_MAX or silences == SILENCES_MAX:
                break
        if silences == SILENCES_MAX:
            silence = EndpointUnavailable(f"{self.endpoint} does not answer")
            return dict.fromkeys(cids, silence) | found
        return found

    async def _read(
        self, what: str, bytes_max: int, question: dict[str, list[str]] | None = None
    ) -> bytes:
        url = f"{self.endpoint}/v1/blocks/{what}"
        options: dict[str, Any] = {
            "headers": {"Authorization": self.authorization},
            "allow_redirects": False,
        }
        asking = (
            self.http.get(url, **options)
            if question is None
            else self.http.post(url, json=question, **options)
        )
        try:
            async with asking as answer:
                if answer.status in _NO_BUNDLES:
                    raise _NotServed(f"{self.endpoint} answered {answer.status}")
                if answer.status != 200:
                    raise BlockUnavailable(f"{self.endpoint} answered {answer.status}")
                content = bytearray()
                while part := await answer.content.read(_READ_BYTES):
                    content += part
                    if len(content) > bytes_max:
                        raise BlockWrong(f"{self.endpoint} answered with more than it may")
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as problem:
            who = self.endpoint or "its sender"
            name = type(problem).__name__
            raise EndpointUnavailable(f"{who} does not answer: {name}") from None
        return bytes(content)

    def _other_bytes(self) -> BlockWrong:
        return BlockWrong(f"{self.endpoint} answered with other bytes")


class _NotServed(BlockUnavailable):
    """The gateway has no such route, or not this block."""
