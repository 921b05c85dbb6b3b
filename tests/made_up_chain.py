"""A chain that is made up event by event, bends as a test wants, and answers as a node can err."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, Final

from eth_abi.abi import encode
from eth_hash.auto import keccak

from ledger.block import Block, Log, Receipt
from ledger.client import Client
from ledger.deployment import Deployment
from ledger.deployment_plan import Plan
from ledger.event import Event, KeySet, OrganisationAdmitted
from ledger.log import shape_of
from ledger.stretch import filter_bits

DEPLOYMENT: Final = Deployment.of(Plan.of("0x" + "11" * 20, None), 31_337, 0)
_REGISTERED: Final = (OrganisationAdmitted, KeySet)


@dataclass(frozen=True)
class MadeUpBlock:
    """A block, the logs in it, and the receipts of its transactions."""

    header: Block
    logs: tuple[Log, ...]
    receipts: tuple[Receipt, ...]


@dataclass
class MadeUpChain(Client):
    """Serves the blocks that a test appends; each transaction is a list of events.

    Parameters
    ----------
    withheld : dict
        How often yet the logs of a block, by its hash, are left out of answers.
    forgotten : set of int
        Blocks that are answered with null.
    is_without_receipts : bool
        Whether transactions are said to be in no block.
    """

    blocks_held: list[MadeUpBlock] = field(default_factory=list)
    withheld: dict[bytes, int] = field(default_factory=dict)
    forgotten: set[int] = field(default_factory=set)
    is_without_receipts: bool = False
    _salts: Any = field(default_factory=count)

    def __post_init__(self) -> None:
        super().__init__("http://made-up.invalid")

    @property
    def height(self) -> int:
        """Number of the last block."""
        return len(self.blocks_held) - 1

    def append(self, *transactions: Sequence[Event]) -> None:
        """Add a block."""
        number = len(self.blocks_held)
        parent = self.blocks_held[-1].header.hash if number else bytes(32)
        digest = keccak(parent + number.to_bytes(8) + next(self._salts).to_bytes(8))
        logs: list[Log] = []
        receipts = []
        for place, events in enumerate(transactions):
            tx_hash = keccak(digest + bytes([place]))
            told = [
                _log(event, number, digest, tx_hash, len(logs) + i)
                for i, event in enumerate(events)
            ]
            logs += told
            gas = 21_000 + place
            receipts.append(Receipt(tx_hash, number, digest, True, gas, 0, None, tuple(told)))
        bloom = 0
        for log in logs:
            for value in (bytes.fromhex(log.address[2:]), *log.topics):
                bloom |= filter_bits(value)
        header = Block(number, digest, parent, 1_000 + number, 0, 1 << 26, 0, bloom)
        self.blocks_held.append(MadeUpBlock(header, tuple(logs), tuple(receipts)))

    def lose(self, depth: int) -> None:
        """Take back the last blocks."""
        del self.blocks_held[len(self.blocks_held) - depth :]

    async def block_number(self) -> int:
        """Tell the last block."""
        return self.height

    async def look(self, number: int) -> tuple[int, Block | None]:
        """Tell the last block, and give one header."""
        return self.height, (await self.blocks([number]))[0]

    async def blocks(self, numbers: Sequence[int]) -> list[Block | None]:
        """Give headers."""
        is_told = [n <= self.height and n not in self.forgotten for n in numbers]
        return [
            self.blocks_held[number].header if told else None
            for number, told in zip(numbers, is_told, strict=True)
        ]

    async def blocks_and_logs(
        self, addresses: Sequence[str], first: int, last: int
    ) -> tuple[list[Block | None], list[Log]]:
        """Give headers and logs."""
        found = [self._logs(each) for each in self.blocks_held[first : last + 1]]
        return await self.blocks(range(first, last + 1)), [log for logs in found for log in logs]

    async def logs_of_blocks(
        self, addresses: Sequence[str], hashes: Sequence[bytes]
    ) -> list[list[Log]]:
        """Give the logs of blocks by hash."""
        by_hash = {each.header.hash: each for each in self.blocks_held}
        return [self._logs(by_hash[each]) for each in hashes]

    async def receipts(self, hashes: Sequence[bytes]) -> list[Receipt | None]:
        """Give receipts."""
        held = {each.tx_hash: each for block in self.blocks_held for each in block.receipts}
        return [None if self.is_without_receipts else held.get(each) for each in hashes]

    def mask(self, number: int, bloom: int) -> None:
        """Let a block's filter hold more than was put in."""
        block = self.blocks_held[number]
        header = replace(block.header, bloom=block.header.bloom | bloom)
        self.blocks_held[number] = replace(block, header=header)

    def _logs(self, block: MadeUpBlock) -> list[Log]:
        left = self.withheld.get(block.header.hash, 0)
        self.withheld[block.header.hash] = left - 1
        return [] if left > 0 else list(block.logs)


def _log(event: Event, number: int, block_hash: bytes, tx_hash: bytes, index: int) -> Log:
    shape = shape_of(type(event))
    contract = DEPLOYMENT.registry if isinstance(event, _REGISTERED) else DEPLOYMENT.order_ledger
    topics = [encode([kind], [getattr(event, name)]) for name, kind in shape.indexed]
    data = encode(shape.types, [getattr(event, name) for name, _ in shape.plain])
    return Log(contract, (shape.topic, *topics), data, number, block_hash, tx_hash, index)
