"""Chains as strangers run them: an anvil with options of theirs, and a node that is choosy."""

import asyncio
import contextlib
import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import Request, urlopen

import rlp

from gateway.network.port import free_ports
from ledger.client import Client
from ledger.embedded import anvil_path
from ledger.errors import Unreachable

COINS = 10**20


@contextmanager
def foreign_chain(*options: str) -> Iterator[str]:
    """Run an anvil that mines each transaction at once; gives its address."""
    port = free_ports().chain
    command = [str(anvil_path()), "--quiet", "--port", str(port), "--accounts", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as anvil:
        try:
            url = f"http://127.0.0.1:{port}"
            asyncio.run(_answering(url))
            yield url
        finally:
            anvil.kill()


def ask(url: str, method: str, *params: Any) -> Any:
    """Ask a node one question."""

    async def once() -> Any:
        async with Client(url) as client:
            return await client.call(method, *params)

    return asyncio.run(once())


def endow(url: str, account: str, wei: int = COINS) -> None:
    """Give an account coins."""
    ask(url, "anvil_setBalance", account, hex(wei))


async def _answering(url: str) -> None:
    async with Client(url) as client:
        for _ in range(200):
            with contextlib.suppress(Unreachable):
                await client.chain_id()
                return
            await asyncio.sleep(0.05)
    raise AssertionError("anvil does not answer")


@dataclass
class ChoosyNode:
    """Stands before a node and refuses what nodes of other kinds refuse.

    Parameters
    ----------
    is_protective : bool
        Takes no transaction that was signed for no chain in particular, as geth by default.
    is_old : bool
        Knows neither base fees nor the transactions that came with them.
    """

    behind: str
    is_protective: bool = False
    is_old: bool = False
    sent: list[bytes] = field(default_factory=list)

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Serve; gives the address."""
        node = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                answer = node.answer(json.loads(self.rfile.read(length)))
                body = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            server.server_close()

    def answer(self, asked: Any) -> Any:
        """Answer one question or many."""
        if isinstance(asked, list):
            return [self.answer(one) for one in asked]
        if asked["method"] == "eth_sendRawTransaction":
            raw = bytes.fromhex(asked["params"][0][2:])
            problem = self._complaint(raw)
            if problem:
                error = {"code": -32000, "message": problem}
                return {"jsonrpc": "2.0", "id": asked["id"], "error": error}
            self.sent.append(raw)
        body = json.dumps(asked).encode()
        request = Request(self.behind, body, {"Content-Type": "application/json"})
        with urlopen(request, timeout=20) as response:
            answer = json.loads(response.read())
        if self.is_old and asked["method"] == "eth_getBlockByNumber" and answer.get("result"):
            answer["result"].pop("baseFeePerGas", None)
        return answer

    def _complaint(self, raw: bytes) -> str:
        is_typed = raw[0] < 0xC0
        if self.is_old and is_typed:
            return "transaction type not supported"
        if self.is_protective and not is_typed and int.from_bytes(rlp.decode(raw)[6]) in (27, 28):
            return "only replay-protected (EIP-155) transactions allowed over RPC"
        return ""
