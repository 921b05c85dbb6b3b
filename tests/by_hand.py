"""One gateway on a chain that stands still: tests move every part themselves."""

from contextlib import AsyncExitStack
from pathlib import Path

from ledger.role import Role
from ledger.runtime import LedgerRuntime
from tests.gateways import TERMS, Gateway, founded
from tests.simulation.bare_chain import BareChain


async def one_gateway(stack: AsyncExitStack, chain: BareChain, folder: Path) -> Gateway:
    """Found a network of one gateway, which hosts a brand (1) and a supplier (2)."""
    async with chain.mining():
        found = founded(chain, folder, [[Role.BRAND, Role.SUPPLIER]])
        (gateway,) = await stack.enter_async_context(found)
    return gateway


async def advance(runtime: LedgerRuntime) -> None:
    """Take in everything that is on the chain."""
    while await runtime.indexer.advance():
        pass


async def mine(runtime: LedgerRuntime) -> None:
    """Mine what waits, and take it in."""
    await runtime.client.call("evm_mine")
    await advance(runtime)


async def relay(runtime: LedgerRuntime) -> None:
    """Send what waits, mine it, and take it in."""
    await runtime.relayer.advance()
    await mine(runtime)


async def agreed_by_hand(runtime: LedgerRuntime) -> int:
    """Bring an agreement between 1 (buyer) and 2 (seller) into force."""
    await advance(runtime)
    proposal = await runtime.desk.propose(1, seats=(1, 2, 0, 0, 0), notice_days=1, terms=TERMS)
    await relay(runtime)
    assert proposal.agreement is not None
    await runtime.desk.step(2, proposal.agreement, "sign")
    await relay(runtime)
    return proposal.agreement
