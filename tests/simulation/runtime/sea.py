"""The chain as it moves: blocks, forks, lost tails, forgetful pools and rising fees."""

import random
from dataclasses import dataclass, field

from tests.simulation.runtime.clock import Clock
from tests.simulation.runtime.node.block import Block
from tests.simulation.runtime.node.chain import Chain
from tests.simulation.runtime.tally import Tally

DEPTH_MAX = 64
TOGETHER_MAX = 90
"""How deep all that the chain takes back may reach below the highest block that it ever had."""

FEE_MAX = 200_000_000_000


@dataclass
class Sea:
    """Moves a chain as a seed decides; never below its floor."""

    rng: random.Random
    chain: Chain
    clock: Clock
    tally: Tally
    has_fees: bool = False
    floor: int = 0
    """Blocks that hold contracts and members, which are nobody's to send again."""
    left: list[Block] | None = field(default=None)
    """The last fork that the chain has left, from genesis on."""

    def __post_init__(self) -> None:
        self.floor = len(self.chain.blocks)
        self._highest = self.floor

    @property
    def other(self) -> list[Block] | None:
        """Give the fork that was left last, if it does not lead below what is final by now."""
        left, lowest = self.left, self._lowest - 1
        if left is None or lowest >= len(left) or left[lowest] is not self.chain.blocks[lowest]:
            return None
        return left

    def mine(self) -> None:
        """Make some blocks, mostly one; now and then many, or one that leaves things out."""
        count = self.rng.choice((1, 1, 1, 1, 2, 3, self.rng.randint(4, 40)))
        limit = self.rng.choice((1_000, 1_000, 1_000, 1, 0))
        self._mine(count, limit)

    def calm(self) -> None:
        """Make a block of everything that waits."""
        self._mine(1, 1_000)

    def reorganise(self) -> None:
        """Replace the last blocks by others, which hold most of what they held."""
        depth = self._depth()
        if depth == 0:
            return
        self.left = list(self.chain.blocks)
        gone = self.chain.take_back(depth)
        keeps = self.rng.choice((1.0, 0.9, 0.5, 0.0))
        for block in gone:
            for one in block.included:
                if self.rng.random() < keeps:
                    self.chain.put_back(one.transaction)
        self._count("reorganised", depth)
        first = self.rng.randint(0, depth)
        self._mine(first, 0)
        self._mine(
            max(0, depth - first) + self.rng.choice((0, 1, 1, 2)), self.rng.choice((1_000, 2))
        )

    def lose_tail(self) -> None:
        """Lose the last blocks, as a node does that starts from an older copy."""
        depth = self._depth()
        if depth:
            self.left = list(self.chain.blocks)
            self.chain.take_back(depth)
            self._count("lost tail", depth)

    def return_to_old_fork(self) -> None:
        """Go back to the fork that was left, if it is not the shorter one."""
        other = self.other
        if other is not None and len(other) >= len(self.chain.blocks):
            self.chain.blocks, self.left = list(other), list(self.chain.blocks)
            self.tally["sea: returned to old fork"] += 1

    def forget_pool(self) -> None:
        """Forget what waits, as a node does that restarts."""
        if self.chain.pool:
            self.chain.pool.clear()
            self.tally["sea: pool forgotten"] += 1

    def change_fee(self) -> None:
        """Raise or lower the base fee."""
        if self.has_fees:
            factor = self.rng.choice((0.5, 0.9, 1.1, 1.5, 3.0, 8.0))
            self.chain.base_fee = min(FEE_MAX, max(7, int(self.chain.base_fee * factor)))
            self.tally["sea: fee changed"] += 1

    @property
    def _lowest(self) -> int:
        """How many blocks stand for good."""
        self._highest = max(self._highest, len(self.chain.blocks))
        return max(self.floor, self._highest - TOGETHER_MAX)

    def _depth(self) -> int:
        deepest = min(DEPTH_MAX, len(self.chain.blocks) - self._lowest)
        if deepest <= 0:
            return 0
        return self.rng.choice(
            (1, min(2, deepest), min(6, deepest), self.rng.randint(1, deepest), deepest)
        )

    def _mine(self, count: int, limit: int) -> None:
        for place in range(count):
            self.clock.wait(self.rng.choice((0.3, 1.0, 2.0)))
            # What waits goes into the last block, so that long stretches cost little.
            self.chain.mine(
                max(self.chain.head.timestamp + 1, self.clock.now_s),
                limit if place == count - 1 else 0,
            )

    def _count(self, what: str, depth: int) -> None:
        size = "1" if depth == 1 else "2-8" if depth <= 8 else "9-32" if depth <= 32 else "33-64"
        self.tally[f"sea: {what} {size}"] += 1
