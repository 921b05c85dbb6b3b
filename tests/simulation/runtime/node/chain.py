"""A simulated chain: a pool of transactions, blocks made when told to, and forks."""

from dataclasses import dataclass, field

from tests.oracles.ledger.ledger import Ledger
from tests.simulation.runtime.node.block import Block, Included, State, stored
from tests.simulation.runtime.node.contract import Contracts, Outcome
from tests.simulation.runtime.node.transaction import Transaction, read

GAS_FLOOR = 21_000
NONCE_AHEAD_MAX = 64
"""How far ahead of an account's nonce a pool keeps transactions."""


class PoolRefused(Exception):
    """The pool will not have a transaction; says why in one word of `rpc.WORDS`."""


@dataclass(slots=True)
class Waiting:
    """A transaction in the pool."""

    transaction: Transaction
    arrival: int
    not_before: int = 0
    """Block before which no block maker takes it."""


@dataclass
class Chain:
    """Blocks from genesis on, and what waits for the next one."""

    contracts: Contracts
    chain_id: int
    blocks: list[Block]
    pool: dict[tuple[str, int], Waiting] = field(default_factory=dict)
    base_fee: int = 0
    balances: dict[str, int] = field(default_factory=dict)
    takes_cheap: bool = True
    """Whether what pays less than the base fee may wait in the pool."""

    _arrivals: int = 0
    _salt: int = 0

    @property
    def head(self) -> Block:
        return self.blocks[-1]

    def hand_in(self, raw: bytes) -> Transaction:
        """Take a transaction into the pool.

        Raises
        ------
        PoolRefused
            When it may not be there.
        """
        transaction = read(raw)
        at = (transaction.sender, transaction.nonce)
        next_nonce = self.head.nonces.get(transaction.sender, 0)
        there = self.pool.get(at)
        if there is not None and there.transaction.hash == transaction.hash:
            raise PoolRefused("known")
        if transaction.nonce < next_nonce:
            raise PoolRefused("nonce too low")
        if transaction.nonce > next_nonce + NONCE_AHEAD_MAX:
            raise PoolRefused("nonce too high")
        if transaction.gas * transaction.max_fee > self.balances.get(transaction.sender, 0):
            raise PoolRefused("funds")
        if transaction.max_fee < self.base_fee and not self.takes_cheap:
            raise PoolRefused("underpriced")
        if there is not None and not _outbids(transaction, there.transaction):
            raise PoolRefused("replacement underpriced")
        self._arrivals += 1
        self.pool[at] = Waiting(transaction, self._arrivals)
        return transaction

    def mine(self, timestamp: int, limit: int = 1_000) -> Block:
        """Make a block of what the pool holds and the base fee lets pass."""
        state = self.head.restored()
        return self._append(state, timestamp, self._chosen(limit))

    def mine_these(self, timestamp: int, raws: list[bytes]) -> Block:
        """Make a block of these transactions."""
        return self._append(self.head.restored(), timestamp, [read(raw) for raw in raws])

    def take_back(self, depth: int) -> list[Block]:
        """Remove blocks; gives them. Their transactions are nowhere then."""
        gone = self.blocks[len(self.blocks) - depth :]
        del self.blocks[len(self.blocks) - depth :]
        return gone

    def put_back(self, transaction: Transaction) -> None:
        """Let a transaction of a block that is gone wait again."""
        self._arrivals += 1
        at = (transaction.sender, transaction.nonce)
        self.pool.setdefault(at, Waiting(transaction, self._arrivals))

    def trial(self, caller: str, to: str, data: bytes, block: Block) -> Outcome:
        """Tell what a call would do after a block."""
        state = block.restored()
        return self.contracts.run(state.ledger, caller, block.timestamp, to, data)

    def waiting(self, tx_hash: bytes) -> Waiting | None:
        """Find a transaction in the pool."""
        for each in self.pool.values():
            if each.transaction.hash == tx_hash:
                return each
        return None

    def pending_nonce(self, account: str) -> int:
        """Tell an account's next nonce, counting what waits without a gap."""
        nonce = self.head.nonces.get(account, 0)
        while (account, nonce) in self.pool:
            nonce += 1
        return nonce

    def _chosen(self, limit: int) -> list[Transaction]:
        """Choose by arrival; of one account by nonce."""
        nonces = dict(self.head.nonces)
        number = self.head.number + 1
        ready = [
            each
            for each in sorted(self.pool.values(), key=lambda each: each.arrival)
            if each.not_before <= number and each.transaction.max_fee >= self.base_fee
        ]
        chosen: list[Transaction] = []
        while len(chosen) < limit:
            for each in ready:
                transaction = each.transaction
                if transaction.nonce == nonces.get(transaction.sender, 0):
                    break
            else:
                return chosen
            ready.remove(each)
            nonces[transaction.sender] = transaction.nonce + 1
            chosen.append(transaction)
        return chosen

    def _append(self, state: State, timestamp: int, chosen: list[Transaction]) -> Block:
        included: list[Included] = []
        logs = 0
        for each in chosen:
            outcome = self.contracts.run(state.ledger, each.sender, timestamp, each.to, each.data)
            state.nonces[each.sender] = each.nonce + 1
            included.append(Included(each, outcome, gas_of(each, outcome), logs))
            logs += len(outcome.logs)
        self._salt += 1
        head = self.head
        kept = stored(state.ledger) if included else head.state
        block = Block(
            head.number + 1,
            head.hash,
            timestamp,
            self.base_fee,
            tuple(included),
            state.nonces,
            kept,
            self._salt,
        )
        self.blocks.append(block)
        for at in [at for at in self.pool if at[1] < state.nonces.get(at[0], 0)]:
            del self.pool[at]
        return block


def begun(contracts: Contracts, chain_id: int, ledger: Ledger, timestamp: int) -> Chain:
    """Begin a chain whose genesis holds the contracts."""
    genesis = Block(0, bytes(32), timestamp, 0, (), {}, stored(ledger))
    return Chain(contracts, chain_id, [genesis])


def gas_of(transaction: Transaction, outcome: Outcome) -> int:
    """Tell what a transaction used; the simulated chain has prices of its own."""
    used = GAS_FLOOR + 8 * len(transaction.data) + 3_000 * len(outcome.logs)
    return min(used, transaction.gas)


def _outbids(new: Transaction, old: Transaction) -> bool:
    return new.max_fee * 10 >= old.max_fee * 11 > 0 and new.tip * 10 >= old.tip * 11
