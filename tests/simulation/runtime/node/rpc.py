"""JSON-RPC of a node on the simulated chain; a view may be behind it, or on a fork that is gone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.simulation.runtime.node.block import Block, Included
from tests.simulation.runtime.node.chain import GAS_FLOOR, Chain, PoolRefused
from tests.simulation.runtime.node.contract import Outcome

WORDS: dict[str, dict[str, tuple[int, str]]] = {
    "geth": {
        "known": (-32000, "already known"),
        "nonce too low": (-32000, "nonce too low: next nonce 7, tx nonce 6"),
        "nonce too high": (-32000, "nonce too high"),
        "funds": (-32000, "insufficient funds for gas * price + value"),
        "underpriced": (-32000, "transaction underpriced: gas tip cap 0"),
        "replacement underpriced": (-32000, "replacement transaction underpriced"),
        "full": (-32000, "txpool is full"),
    },
    "anvil": {
        "known": (-32003, "transaction already imported"),
        "nonce too low": (-32003, "nonce too low"),
        "nonce too high": (-32003, "nonce too high"),
        "funds": (-32003, "Insufficient funds for gas * price + value"),
        "underpriced": (-32003, "max fee per gas less than block base fee"),
        "replacement underpriced": (-32003, "replacement transaction underpriced"),
        "full": (-32603, "Internal error"),
    },
    "besu": {
        "known": (-32000, "Known transaction"),
        "nonce too low": (-32001, "Nonce too low"),
        "nonce too high": (-32006, "Nonce too high"),
        "funds": (-32004, "Upfront cost exceeds account balance"),
        "underpriced": (-32009, "Gas price below current base fee"),
        "replacement underpriced": (-32000, "Replacement transaction underpriced"),
        "full": (-32000, "Transaction pool not enabled"),
    },
}
"""How each make of node words what its pool refuses."""

REVERTED = 3


class NodeError(Exception):
    """The node's answer is an error."""

    def __init__(self, code: int, message: str, data: bytes | None = None) -> None:
        super().__init__(message)
        self.answer: dict[str, Any] = {"code": code, "message": message}
        if data is not None:
            self.answer["data"] = "0x" + data.hex()


@dataclass
class View:
    """What a node knows: all of a chain, or blocks of it only."""

    chain: Chain
    blocks: list[Block]
    make: str = "geth"

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer a request."""
        answer = {"jsonrpc": "2.0", "id": request["id"]}
        try:
            found = _METHODS[request["method"]](self, *request["params"])
        except NodeError as error:
            return answer | {"error": error.answer}
        return answer | {"result": found}

    def error(self, word: str) -> NodeError:
        """Word an error as this make of node does."""
        return NodeError(*WORDS[self.make][word])

    def chain_id(self) -> str:
        return hex(self.chain.chain_id)

    def block_number(self) -> str:
        return hex(self.blocks[-1].number)

    def block_by_number(self, which: str, is_full: bool) -> dict[str, Any] | None:
        block = self._at(which)
        return None if block is None else block.header

    def block_by_hash(self, digest: str, is_full: bool) -> dict[str, Any] | None:
        block = self._named(digest)
        return None if block is None else block.header

    def logs(self, wanted: dict[str, Any]) -> list[dict[str, Any]]:
        if "blockHash" in wanted:
            block = self._named(wanted["blockHash"])
            if block is None:
                raise NodeError(-32000, "unknown block")
            blocks = [block]
        else:
            last = self.blocks[-1].number
            first = int(wanted["fromBlock"], 16)
            until = last if wanted["toBlock"] == "latest" else int(wanted["toBlock"], 16)
            blocks = self.blocks[first : until + 1]
        asked = wanted["address"]
        addresses = {one.lower() for one in ([asked] if isinstance(asked, str) else asked)}
        return [log for block in blocks for log in block.logs if log["address"] in addresses]

    def receipt(self, tx_hash: str) -> dict[str, Any] | None:
        found = self._place(tx_hash)
        return None if found is None else found[0].receipts[found[1]]

    def block_receipts(self, which: str) -> list[dict[str, Any]] | None:
        block = self._named(which) if len(which) == 66 else self._at(which)
        return None if block is None else block.receipts

    def transaction(self, tx_hash: str) -> dict[str, Any] | None:
        found = self._place(tx_hash)
        if found is not None:
            block = found[0]
            return {
                "hash": tx_hash,
                "blockNumber": hex(block.number),
                "blockHash": block.header["hash"],
            }
        waiting = self.chain.waiting(bytes.fromhex(tx_hash[2:]))
        return (
            None if waiting is None else {"hash": tx_hash, "blockNumber": None, "blockHash": None}
        )

    def transaction_count(self, account: str, which: str = "latest") -> str:
        if which == "pending":
            return hex(self.chain.pending_nonce(account.lower()))
        return hex(self._need(which).nonces.get(account.lower(), 0))

    def balance(self, account: str, which: str = "latest") -> str:
        return hex(self.chain.balances.get(account.lower(), 0))

    def code(self, account: str, which: str = "latest") -> str:
        contracts = self.chain.contracts
        return "0x60" if account.lower() in (contracts.registry, contracts.order_ledger) else "0x"

    def gas_price(self) -> str:
        return hex(self.chain.base_fee + self.tip_number())

    def tip(self) -> str:
        return hex(self.tip_number())

    def tip_number(self) -> int:
        return 1_000 if self.chain.base_fee else 0

    def call(self, request: dict[str, Any], which: str = "latest") -> str:
        self._try(request, which)
        return "0x"

    def estimate(self, request: dict[str, Any], which: str = "latest") -> str:
        outcome = self._try(request, which)
        return hex(GAS_FLOOR + 4 * len(request["data"]) + 3_000 * len(outcome.logs) + 50_000)

    def send(self, raw: str) -> str:
        try:
            return "0x" + self.chain.hand_in(bytes.fromhex(raw[2:])).hash.hex()
        except PoolRefused as refused:
            raise self.error(str(refused)) from None

    def _try(self, request: dict[str, Any], which: str) -> Outcome:
        sender = request.get("from", "0x" + "00" * 20).lower()
        data = bytes.fromhex(request["data"][2:])
        outcome = self.chain.trial(sender, request["to"].lower(), data, self._need(which))
        if outcome.problem is not None:
            raise NodeError(REVERTED, "execution reverted", outcome.problem)
        return outcome

    def _at(self, which: str) -> Block | None:
        if which in ("latest", "pending"):
            return self.blocks[-1]
        if which in ("earliest", "safe", "finalized"):
            return self.blocks[0]
        number = int(which, 16)
        return self.blocks[number] if number < len(self.blocks) else None

    def _need(self, which: str) -> Block:
        block = self._at(which)
        if block is None:
            raise NodeError(-32000, "header not found")
        return block

    def _named(self, digest: str) -> Block | None:
        wanted = bytes.fromhex(digest[2:])
        return next((block for block in reversed(self.blocks) if block.hash == wanted), None)

    def _place(self, tx_hash: str) -> tuple[Block, int] | None:
        wanted = bytes.fromhex(tx_hash[2:])
        for block in reversed(self.blocks):
            place = block.places.get(wanted) if block.included else None
            if place is not None:
                return block, place
        return None


def history(blocks: Sequence[Block]) -> list[tuple[Block, Included]]:
    """List all that the chain did."""
    return [(block, one) for block in blocks for one in block.included]


_METHODS: dict[str, Callable[..., Any]] = {
    "eth_chainId": View.chain_id,
    "eth_blockNumber": View.block_number,
    "eth_getBlockByNumber": View.block_by_number,
    "eth_getBlockByHash": View.block_by_hash,
    "eth_getLogs": View.logs,
    "eth_getTransactionReceipt": View.receipt,
    "eth_getBlockReceipts": View.block_receipts,
    "eth_getTransactionByHash": View.transaction,
    "eth_getTransactionCount": View.transaction_count,
    "eth_getBalance": View.balance,
    "eth_getCode": View.code,
    "eth_gasPrice": View.gas_price,
    "eth_maxPriorityFeePerGas": View.tip,
    "eth_call": View.call,
    "eth_estimateGas": View.estimate,
    "eth_sendRawTransaction": View.send,
}
