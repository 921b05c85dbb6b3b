"""A chain that makes a block when it is told to, at the second that it is told.

Anvil works out the root of all of its state for every block, so many transactions share one.
"""

import gzip
import http.client
import json
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from gateway.network.port import free_ports
from ledger.embedded import anvil_path

GAS = 2**24
"""What one transaction may use at most (EIP-7825)."""

GENESIS_S = 2_000_000_000


class Reverted(Exception):
    """A call was undone; carries what it returned."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data.hex())
        self.data = data


class Chain:
    """An anvil that takes every sender at its word."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._connection.connect()
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def call(self, method: str, *params: Any) -> Any:
        """Ask the node one thing."""
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        return _result(self._post(body))

    def batch(self, method: str, many: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Ask the node the same of many things."""
        results: list[Any] = []
        for start in range(0, len(many), 500):
            bodies = [
                {"jsonrpc": "2.0", "id": place, "method": method, "params": params}
                for place, params in enumerate(many[start : start + 500])
            ]
            answers = sorted(self._post(bodies), key=lambda answer: int(answer["id"]))
            results += [_result(answer) for answer in answers]
        return results

    def post(self, sender: str, to: str | None, data: bytes, gas: int = GAS) -> str:
        """Hand in a transaction for the next block; gives its hash."""
        request = {"from": sender, "data": "0x" + data.hex(), "gas": hex(gas), "gasPrice": "0x0"}
        if to is not None:
            request["to"] = to
        tx_hash: str = self.call("eth_sendTransaction", request)
        return tx_hash

    def mine(self, now: int, hashes: Sequence[str]) -> list[dict[str, Any]]:
        """Make a block of what was handed in; gives the receipts."""
        self.call("evm_mine", {"timestamp": now})
        receipts = self.batch("eth_getTransactionReceipt", [(one,) for one in hashes])
        places = [int(receipt["transactionIndex"], 16) for receipt in receipts]
        assert places == sorted(places)
        return receipts

    def deploy(self, sender: str, code: bytes, now: int) -> str:
        """Create a contract in a block of its own; gives its address."""
        (receipt,) = self.mine(now, [self.post(sender, None, code)])
        assert receipt["status"] == "0x1"
        address: str = receipt["contractAddress"].lower()
        return address

    def reason(self, tx_hash: str) -> bytes:
        """Say what an undone transaction returned."""
        trace = self.call("debug_traceTransaction", tx_hash)
        assert trace["failed"]
        assert trace["gas"] < GAS, "it ran out of gas"
        return bytes.fromhex(trace["returnValue"].removeprefix("0x"))

    def look(self, to: str, questions: Sequence[bytes]) -> list[bytes]:
        """Read views of a contract."""
        asked = [({"to": to, "data": "0x" + one.hex()}, "latest") for one in questions]
        return [bytes.fromhex(answer[2:]) for answer in self.batch("eth_call", asked)]

    def words(self, address: str, slots: Sequence[int]) -> list[int]:
        """Read storage."""
        asked = [(address, hex(slot), "latest") for slot in slots]
        return [int(answer, 16) for answer in self.batch("eth_getStorageAt", asked)]

    def storage(self, address: str) -> dict[int, int]:
        """Read all of a contract's storage that is not zero."""
        dump = json.loads(gzip.decompress(bytes.fromhex(self.call("anvil_dumpState")[2:])))
        stored = {
            int(slot, 16): int(word, 16)
            for slot, word in dump["accounts"][address]["storage"].items()
        }
        return {slot: word for slot, word in stored.items() if word}

    def _post(self, body: Any) -> Any:
        headers = {"Content-Type": "application/json"}
        self._connection.request("POST", "/", json.dumps(body), headers)
        return json.loads(self._connection.getresponse().read())


def _result(answer: dict[str, Any]) -> Any:
    error = answer.get("error")
    if error is None:
        return answer["result"]
    data = error.get("data")
    if isinstance(data, str) and data.startswith("0x"):
        raise Reverted(bytes.fromhex(data[2:]))
    raise AssertionError(error)


@contextmanager
def chain() -> Iterator[Chain]:
    """Run one."""
    port = free_ports().chain
    command = [str(anvil_path()), "--quiet", "--no-mining", "--port", str(port), "--accounts", "0"]
    command += ["--auto-impersonate", "--base-fee", "0", "--gas-price", "0", "--prune-history"]
    command += [
        "--gas-limit",
        "2000000000",
        "--order",
        "fifo",
        "--timestamp",
        str(GENESIS_S),
        "--hardfork",
        "prague",
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as anvil:
        try:
            _wait(port)
            yield Chain(port)
        finally:
            anvil.kill()


def _wait(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("anvil does not answer")
