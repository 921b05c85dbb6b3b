"""A range of blocks as a node tells it, read whole and checked before anything is written.

A node may lag behind itself, change its mind between two answers, or know a block before it knows
the block's logs. What does not fit together is asked again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Final

from eth_hash.auto import keccak

from ledger.block import Block, Log, Receipt
from ledger.client import Client
from ledger.fact import Record, Refusal, read_facts
from ledger.log import decode_logs, known_topics

DOUBTS_MAX: Final = 3
"""How often the logs of a block are asked for again; filters hold what was never put in, too."""


class ChainMoved(Exception):
    """The chain changed between two questions; ask again."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A range of blocks, one resting on the other, with what our contracts told in them."""

    headers: list[Block]
    records: list[Record]
    refusals: list[Refusal]
    gas_used: dict[bytes, int]

    @property
    def size(self) -> int:
        """How many facts it holds."""
        return sum(len(record.facts) for record in self.records)


@dataclass(slots=True)
class Reader:
    """Reads stretches of one chain.

    Parameters
    ----------
    watched : sequence of str
        Addresses of our contracts.
    """

    client: Client
    watched: Sequence[str]
    _doubts: dict[bytes, int] = field(default_factory=dict)

    async def read(self, first: int, last: int) -> Stretch:
        """Read a range of blocks, both ends included.

        Raises
        ------
        ChainMoved
            When the answers do not fit together.
        """
        found, logs = await self.client.blocks_and_logs(self.watched, first, last)
        headers = [header for header in found if header is not None]
        if len(headers) != last - first + 1:
            raise ChainMoved("a block is gone")
        for earlier, later in pairwise(headers):
            if later.parent_hash != earlier.hash:
                raise ChainMoved(f"block {later.number} has another parent")
        logs = await self._complete(headers, logs)
        hashes = {header.number: header.hash for header in headers}
        if any(hashes.get(log.block_number) != log.block_hash for log in logs):
            raise ChainMoved("a log is of another block")
        records, refusals = read_facts(decode_logs(logs))
        carriers = [each.tx_hash for each in records] + [each.tx_hash for each in refusals]
        gas_used = await self._gas_used(list(dict.fromkeys(carriers)), logs)
        return Stretch(headers, records, refusals, gas_used)

    async def _complete(self, headers: Sequence[Block], logs: list[Log]) -> list[Log]:
        """Ask by hash for the logs of blocks whose filter promises more than came."""
        doubted = self._doubted(headers, logs)
        if not doubted:
            return logs
        hashes = {header.hash for header in doubted}
        logs = [log for log in logs if log.block_hash not in hashes]
        for found in await self.client.logs_of_blocks(self.watched, [h.hash for h in doubted]):
            logs += found
        logs.sort(key=lambda log: (log.block_number, log.log_index))
        # A block full of logs has a full filter, which promises everything: once a block has been
        # asked for by its hash, some of its logs show that the node knows them.
        told = {log.block_hash for log in logs}
        again = [header.hash for header in doubted if header.hash not in told]
        # What is doubted no longer need not be remembered.
        self._doubts = {each: self._doubts.get(each, 0) + 1 for each in again}
        if any(times <= DOUBTS_MAX for times in self._doubts.values()):
            raise ChainMoved(f"{len(again)} blocks should have more logs")
        return logs

    def _doubted(self, headers: Iterable[Block], logs: Iterable[Log]) -> list[Block]:
        came = {(log.block_hash, log.address.lower()) for log in logs}
        topics = _topics_in_filters()
        return [
            header
            for header in headers
            if any(
                (header.hash, address.lower()) not in came
                and in_filter(header.bloom, bytes.fromhex(address[2:]))
                for address in self.watched
            )
            and any(header.bloom & topic == topic for topic in topics)
        ]

    async def _gas_used(self, carriers: list[bytes], logs: Sequence[Log]) -> dict[bytes, int]:
        """Read what transactions cost, once each, and see that none of their logs is missing."""
        told: dict[bytes, int] = {}
        for log in logs:
            told[log.tx_hash] = told.get(log.tx_hash, 0) + 1
        receipts = [each for each in await self.client.receipts(carriers) if each is not None]
        if len(receipts) != len(carriers):
            raise ChainMoved("a transaction is in no block any more")
        if any(self._count(each) != told[each.tx_hash] for each in receipts):
            raise ChainMoved("a transaction has other logs than its block")
        return {each.tx_hash: each.gas_used for each in receipts}

    def _count(self, receipt: Receipt) -> int:
        ours = {address.lower() for address in self.watched}
        return sum(log.address.lower() in ours for log in receipt.logs)


def in_filter(bloom: int, value: bytes) -> bool:
    """Whether a block's filter may hold an address or a topic; it holds all that is there."""
    bits = filter_bits(value)
    return bloom & bits == bits


@cache
def filter_bits(value: bytes) -> int:
    """Give the three bits that a value sets in a block's filter, as Ethereum defines it."""
    digest = keccak(value)
    bits = 0
    for place in (0, 2, 4):
        bits |= 1 << (int.from_bytes(digest[place : place + 2]) & 2047)
    return bits


@cache
def _topics_in_filters() -> tuple[int, ...]:
    return tuple(map(filter_bits, known_topics()))
