"""One gateway on a chain that stands still: tests move every part themselves."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

from ledger.acceptance import Accepted
from ledger.assembly import Draft
from ledger.database import reading
from ledger.gathering import SIGNATURE, draft_of, signed_rows
from ledger.intent import Intent, digest
from ledger.key import SigningKey
from ledger.query.intent import IntentView
from ledger.role import Role
from ledger.runtime import LedgerRuntime
from tests.chain import free_transaction
from tests.gateways import TERMS, Gateway, founded
from tests.simulation.bare_chain import BareChain
from tests.simulation.voyage import Crash

GAS = 2_000_000


async def one_gateway(
    stack: AsyncExitStack,
    chain: BareChain,
    folder: Path,
    roles: Sequence[Role] = (Role.BRAND, Role.SUPPLIER),
) -> Gateway:
    """Found a network of one gateway, which hosts a brand (1) and a supplier (2), or others."""
    async with chain.mining():
        found = founded(chain, folder, [roles])
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


class Frail:
    """A gateway that can be killed between storing a transaction and sending it."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.deployment = gateway.deployment
        self.hosts = gateway.hosts
        self.relayer_key = gateway.relayer_key
        self.vault = gateway.server.vault
        self.dies = False
        self.runtime = gateway.runtime(self._interrupt)
        self.stranger = SigningKey.create()

    def _interrupt(self, boundary: str) -> None:
        if self.dies and boundary == "stored":
            self.dies = False
            raise Crash(boundary)

    async def sign_only(self) -> Draft:
        """Sign and store what waits without sending it; gives what was signed."""
        self.dies = True
        with suppress(Crash):
            await self.runtime.relayer.advance()
        with reading(self.runtime.engine) as session:
            newest = signed_rows().order_by(SIGNATURE.id.desc()).limit(1)
            return draft_of(session.connection().execute(newest).one())

    async def send_as_stranger(self, data: bytes) -> None:
        """Have a stranger send something to the ledger; it is yet to be mined."""
        await self.send(self.stranger, self.deployment.order_ledger, data)

    async def send(self, key: SigningKey, to: str, data: bytes) -> None:
        """Send something from a key's account; it is yet to be mined."""
        client = self.runtime.client
        nonce = await client.nonce(key.address, "pending")
        transaction = free_transaction(self.deployment.chain_id, nonce, to, data, GAS)
        await client.send_raw(key.sign_transaction(transaction))

    def sign(self, intent: Intent) -> bytes:
        """Sign an intent with its organisation's own key."""
        signed = digest(self.deployment.order_domain, intent)
        return self.hosts[intent.organisation].key.sign(signed)

    def view(self, accepted: Accepted) -> IntentView:
        """Tell what became of a wish."""
        view = self.runtime.queries.intent(accepted.intent)
        assert view is not None
        return view


@asynccontextmanager
async def trading(chain: BareChain, folder: Path) -> AsyncIterator[tuple[Frail, int]]:
    """One frail gateway, and an agreement in force between 1 and 2."""
    async with AsyncExitStack() as stack:
        frail = Frail(await one_gateway(stack, chain, folder))
        stack.push_async_callback(frail.runtime.stop)
        yield frail, await agreed_by_hand(frail.runtime)
