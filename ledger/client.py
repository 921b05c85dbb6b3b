"""A chain's JSON-RPC: raw, batched, with time limits and without hidden retries."""

import asyncio
import itertools
import json
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Final, Self

import aiohttp

from ledger.block import Block, GasPrice, Log, Receipt
from ledger.errors import Corrupt, RpcRefused, Unreachable

BATCH_MAX: Final = 100
"""Calls in one HTTP request; more are sent in several, one after the other."""

_POLL_S: Final = 0.05

Call = tuple[str, Sequence[Any]]


class Client:
    """A connection to one node.

    Parameters
    ----------
    url : str
        HTTP address of the JSON-RPC endpoint.
    timeout_s : float
        How long one HTTP request may take.

    Notes
    -----
    Nothing is tried twice: `Unreachable` goes to the caller, who knows whether a retry is sound.
    """

    def __init__(self, url: str, timeout_s: float = 20.0) -> None:
        self.url = url
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)
        self._session: aiohttp.ClientSession | None = None
        self._ids = itertools.count(1)

    async def __aenter__(self) -> Self:
        """Use the client as a context that closes its connections."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        await self.close()

    async def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(self, method: str, *params: Any) -> Any:
        """Ask one question.

        Raises
        ------
        Unreachable
            When no answer comes.
        RpcRefused
            When the node says no.
        """
        return _result(method, await self._post(self._request(method, params)))

    async def batch(self, calls: Sequence[Call]) -> list[Any]:
        """Ask many questions in few requests; the first refusal is raised.

        Raises
        ------
        Unreachable
            When no answer comes.
        RpcRefused
            When the node says no to one of them.
        """
        answers = await self.batch_settled(calls)
        for answer in answers:
            if isinstance(answer, RpcRefused):
                raise answer
        return answers

    async def batch_settled(self, calls: Sequence[Call]) -> list[Any]:
        """Ask many questions in few requests; refusals stand in the list in their places.

        Raises
        ------
        Unreachable
            When no answer comes.
        """
        answers: list[Any] = []
        for start in range(0, len(calls), BATCH_MAX):
            answers += await self._post_batch(calls[start : start + BATCH_MAX])
        return answers

    async def chain_id(self) -> int:
        """Tell which chain the node is on."""
        return int(await self.call("eth_chainId"), 16)

    async def block_number(self) -> int:
        """Tell the number of the latest block."""
        return int(await self.call("eth_blockNumber"), 16)

    async def block(self, which: int | bytes | str = "latest") -> Block | None:
        """Read a block's header by number, hash or tag; none when the node does not have it."""
        if isinstance(which, bytes):
            answer = await self.call("eth_getBlockByHash", _hex(which), False)
        else:
            answer = await self.call("eth_getBlockByNumber", _quantity(which), False)
        return None if answer is None else Block.parse(answer)

    async def blocks(self, numbers: Sequence[int]) -> list[Block | None]:
        """Read many headers by number."""
        asked: list[Call] = [("eth_getBlockByNumber", (hex(n), False)) for n in numbers]
        return [None if one is None else Block.parse(one) for one in await self.batch(asked)]

    async def look(self, number: int) -> tuple[int, Block | None]:
        """Tell the number of the latest block, and read one header, in one request."""
        asked: list[Call] = [("eth_blockNumber", ())]
        asked.append(("eth_getBlockByNumber", (hex(number), False)))
        head, header = await self.batch(asked)
        if head is None:
            raise Unreachable(url=self.url, problem="it does not tell the number of its last block")
        return int(head, 16), None if header is None else Block.parse(header)

    async def blocks_and_logs(
        self, addresses: Sequence[str], first: int, last: int
    ) -> tuple[list[Block | None], list[Log]]:
        """Read the headers of a range of blocks and the logs of contracts, in few requests.

        The node may have changed its mind between two answers: the caller compares the hashes.
        """
        wanted = {"address": list(addresses), "fromBlock": hex(first), "toBlock": hex(last)}
        numbers = range(first, last + 1)
        asked: list[Call] = [("eth_getBlockByNumber", (hex(n), False)) for n in numbers]
        *headers, logs = await self.batch([*asked, ("eth_getLogs", (wanted,))])
        found = [None if one is None else Block.parse(one) for one in headers]
        return found, list(map(Log.parse, logs or ()))

    async def logs_of_blocks(
        self, addresses: Sequence[str], hashes: Sequence[bytes]
    ) -> list[list[Log]]:
        """Read the logs of contracts in exactly these blocks, whatever their numbers are by now."""
        asked: list[Call] = [
            ("eth_getLogs", ({"address": list(addresses), "blockHash": _hex(one)},))
            for one in hashes
        ]
        return [list(map(Log.parse, logs or ())) for logs in await self.batch(asked)]

    async def logs(
        self, addresses: Sequence[str], first: int, last: int | None = None
    ) -> list[Log]:
        """Read the logs of contracts in a range of blocks, both ends included, in chain order."""
        wanted = {
            "address": list(addresses),
            "fromBlock": hex(first),
            "toBlock": _quantity("latest" if last is None else last),
        }
        return [Log.parse(entry) for entry in await self.call("eth_getLogs", wanted)]

    async def logs_of_block(self, addresses: Sequence[str], block_hash: bytes) -> list[Log]:
        """Read the logs of contracts in exactly one block, whatever its number is by now."""
        wanted = {"address": list(addresses), "blockHash": _hex(block_hash)}
        return [Log.parse(entry) for entry in await self.call("eth_getLogs", wanted)]

    async def receipts(self, hashes: Sequence[bytes]) -> list[Receipt | None]:
        """Read receipts; none in the place of a transaction that is in no block."""
        asked: list[Call] = [("eth_getTransactionReceipt", (_hex(one),)) for one in hashes]
        return [None if one is None else Receipt.parse(one) for one in await self.batch(asked)]

    async def mined(self, tx_hash: bytes, timeout_s: float) -> Receipt:
        """Wait until a transaction is in a block, and give its receipt.

        Raises
        ------
        Unreachable
            When it is in none in time.
        """
        clock = asyncio.get_running_loop().time
        until = clock() + timeout_s
        while clock() < until:
            (receipt,) = await self.receipts([tx_hash])
            if receipt is not None:
                return receipt
            await asyncio.sleep(_POLL_S)
        problem = f"transaction {_hex(tx_hash)} is in no block after {timeout_s} s"
        raise Unreachable(url=self.url, problem=problem)

    async def nonce(self, address: str, which: int | str = "latest") -> int:
        """Tell an account's next nonce as of a block; ``pending`` counts what waits as well."""
        return int(await self.call("eth_getTransactionCount", address, _quantity(which)), 16)

    async def balance(self, address: str) -> int:
        """Tell an account's balance in wei."""
        return int(await self.call("eth_getBalance", address, "latest"), 16)

    async def code(self, address: str) -> bytes:
        """Read the code at an address; empty when there is none."""
        return bytes.fromhex((await self.call("eth_getCode", address, "latest"))[2:])

    async def gas_price(self, sender: str) -> GasPrice:
        """Tell what an account should offer for gas now.

        Zero where the chain asks no base fee and the account has no coins to offer a tip from.
        """
        latest = await self.block()
        base_fee = latest.base_fee if latest else 0
        if base_fee == 0 and await self.balance(sender) == 0:
            return GasPrice(max_fee=0, tip=0)
        tip = max(0, int(await self.call("eth_gasPrice"), 16) - base_fee)
        # The base fee rises by at most an eighth per block: double lasts for five full blocks.
        return GasPrice(max_fee=2 * base_fee + tip, tip=tip)

    async def send_raw(self, raw: bytes) -> bytes:
        """Hand in a signed transaction; gives its hash.

        Raises
        ------
        RpcRefused
            When the node will not have it: known already, underpriced, nonce used.
        """
        return bytes.fromhex((await self.call("eth_sendRawTransaction", _hex(raw)))[2:])

    async def eth_call(
        self, to: str, data: bytes, which: int | str = "latest", sender: str | None = None
    ) -> bytes:
        """Call a contract without a transaction.

        Raises
        ------
        Refused
            When the contract reverts, as the catalogue names it.
        """
        request = {"to": to, "data": _hex(data)} | ({"from": sender} if sender else {})
        try:
            return bytes.fromhex((await self.call("eth_call", request, _quantity(which)))[2:])
        except RpcRefused as refused:
            raise refused.reason or refused from None

    async def estimate_gas(self, sender: str, to: str, data: bytes) -> int:
        """Estimate the gas of a transaction.

        Raises
        ------
        Refused
            When it would revert, as the catalogue names it.
        """
        request = {"from": sender, "to": to, "data": _hex(data)}
        try:
            return int(await self.call("eth_estimateGas", request), 16)
        except RpcRefused as refused:
            raise refused.reason or refused from None

    def _request(self, method: str, params: Sequence[Any]) -> dict[str, Any]:
        return {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": list(params)}

    async def _post_batch(self, calls: Sequence[Call]) -> list[Any]:
        requests = [self._request(method, params) for method, params in calls]
        answers = await self._post(requests)
        if isinstance(answers, dict):
            answers = [answers | {"id": request["id"]} for request in requests]
        by_id = {answer.get("id"): answer for answer in answers}
        if any(request["id"] not in by_id for request in requests):
            raise Corrupt(problem=f"{self.url} answered only {len(by_id)} of {len(requests)} calls")
        settled: list[Any] = []
        for request in requests:
            try:
                settled.append(_result(request["method"], by_id[request["id"]]))
            except RpcRefused as refused:
                settled.append(refused)
        return settled

    async def _post(self, body: Any) -> Any:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        try:
            async with self._session.post(self.url, json=body) as response:
                text = await response.read()
        except (TimeoutError, aiohttp.ClientError, OSError) as problem:
            raise Unreachable(url=self.url, problem=_told(problem)) from problem
        try:
            return json.loads(text)
        except ValueError:
            raise Unreachable(url=self.url, problem=f"HTTP {response.status}, no JSON") from None


def _result(method: str, answer: dict[str, Any]) -> Any:
    error = answer.get("error")
    if error is None:
        return answer.get("result")
    data = error.get("data")
    text = data if isinstance(data, str) and data.startswith("0x") else "0x"
    raise RpcRefused(
        method, int(error.get("code", 0)), str(error.get("message", "")), bytes.fromhex(text[2:])
    )


def _told(problem: Exception) -> str:
    return str(problem) or type(problem).__name__


def _hex(data: bytes) -> str:
    return "0x" + data.hex()


def _quantity(which: int | str) -> str:
    return hex(which) if isinstance(which, int) else which
