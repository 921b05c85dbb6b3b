"""Work on the simulated chain without any mishap."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from sqlmodel import select

from ledger.client import Client
from ledger.database import reading
from ledger.model import Cursor
from ledger.runtime import LedgerRuntime, Settings
from ledger.stretch import ChainMoved
from tests.simulation.runtime.clock import Inline
from tests.simulation.runtime.node.block import Block
from tests.simulation.runtime.node.chain import Chain
from tests.simulation.runtime.node.rpc import View

T = TypeVar("T")

URL = "http://simulated"
ROUNDS_MAX = 200


class CalmClient(Client):
    """Asks a node that knows all and never fails."""

    def __init__(self, chain: Chain) -> None:
        super().__init__(URL)
        self._chain = chain

    async def _post(self, body: Any) -> Any:
        view = View(self._chain, self._chain.blocks)
        if isinstance(body, list):
            return [view.answer(request) for request in body]
        return view.answer(body)


def alone(work: Coroutine[Any, Any, T]) -> T:
    """Run work with one thread for everything."""

    async def run() -> T:
        asyncio.get_running_loop().set_default_executor(Inline())
        return await work

    return asyncio.run(run())


async def take_all_in(runtime: LedgerRuntime) -> None:
    """Let an indexer take in all that there is."""
    for _ in range(ROUNDS_MAX):
        try:
            if not await runtime.indexer.advance():
                return
        except ChainMoved:
            continue
    raise AssertionError("the indexer comes to no end on a calm chain")


def stands_on(runtime: LedgerRuntime, blocks: list[Block]) -> bool:
    """Whether the last block that was taken in is one of these, and not another at its height."""
    with reading(runtime.engine) as session:
        cursor = session.exec(select(Cursor)).one()
    return cursor.block_hash in {block.hash for block in blocks}


async def caught_up(settings: Settings, chain: Chain) -> LedgerRuntime:
    """Make a runtime that knows all of a chain."""
    runtime = LedgerRuntime(settings, client=CalmClient(chain))
    await take_all_in(runtime)
    return runtime
