"""A chain that mines when it is told to, and otherwise never."""

import asyncio
import contextlib
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from ledger.client import Client
from ledger.embedded import anvil_path
from ledger.errors import Unreachable


@dataclass(frozen=True)
class BareChain:
    """An anvil without a supervisor."""

    url: str

    @asynccontextmanager
    async def mining(self) -> AsyncIterator[None]:
        """Mine all the time, for as long as the context lasts."""
        task = asyncio.create_task(self._mine())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _mine(self) -> None:
        async with Client(self.url) as client:
            while True:
                await client.call("evm_mine")
                await asyncio.sleep(0.02)


@contextmanager
def bare_chain() -> Iterator[BareChain]:
    """Run one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(anvil_path()), "--quiet", "--no-mining", "--port", str(port), "--accounts", "0"]
    command += ["--base-fee", "0", "--gas-price", "0", "--order", "fifo"]
    command += ["--gas-limit", "60000000", "--slots-in-an-epoch", "1"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as anvil:
        try:
            asyncio.run(_answering(f"http://127.0.0.1:{port}"))
            yield BareChain(f"http://127.0.0.1:{port}")
        finally:
            anvil.kill()


async def _answering(url: str) -> None:
    async with Client(url) as client:
        for _ in range(200):
            with contextlib.suppress(Unreachable):
                await client.chain_id()
                return
            await asyncio.sleep(0.05)
    raise AssertionError("anvil does not answer")
