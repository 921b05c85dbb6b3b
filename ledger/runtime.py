"""The runtime of a gateway: desk, relayer, indexer and courier over one database."""

import asyncio
import logging
from collections.abc import Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self

from ledger.auction_desk import AuctionDesk
from ledger.backlog import Limits
from ledger.client import Client
from ledger.courier import Courier
from ledger.courier import Settings as CourierSettings
from ledger.database import connect, in_thread, migrate
from ledger.deployment import Deployment, require_deployment
from ledger.desk import Desk
from ledger.errors import Unreachable
from ledger.feed import Bell
from ledger.host import Host
from ledger.indexer import Indexer
from ledger.intent import domain_separator
from ledger.key import SigningKey
from ledger.proving import Prover
from ledger.queries import IntentView, Queries
from ledger.relayer import Interrupt, Relayer
from ledger.relayer import Settings as RelayerSettings
from ledger.vault import Vault
from ledger.waiting import Waiters

PARTS: Final = frozenset({"relayer", "indexer", "courier"})
CURRENT_POLL_S: Final = 0.1

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a runtime is made of.

    Parameters
    ----------
    database_url : str
        SQLAlchemy URL; the tables are made or brought up to date at the start.
    client_url : str
        JSON-RPC address of the chain.
    relayer_keys : sequence of SigningKey
        Send the transactions, side by side; nobody else may send with them.
    hosts : mapping
        The organisations hosted here, by number.
    finality : int
        Blocks behind the head that never change; a deeper reorg stops the indexer.
    poll_s : float
        Pause between two looks at the chain's head.
    limits : Limits
        How much may wait for the chain.
    parts : frozenset of str
        Which of `PARTS` work in this process; all of them together have to work somewhere.
    """

    database_url: str
    vault: Vault
    client_url: str
    deployment: Deployment
    relayer_keys: Sequence[SigningKey]
    hosts: Mapping[int, Host]
    finality: int = 10_000
    poll_s: float = 0.1
    limits: Limits = field(default_factory=Limits)
    relayer: RelayerSettings = field(default_factory=RelayerSettings)
    courier: CourierSettings = field(default_factory=CourierSettings)
    parts: frozenset[str] = PARTS


class LedgerRuntime:
    """Runs what takes wishes to the chain and facts and documents from it.

    Raises
    ------
    RelayerKeyAbsent
        When transactions of a key that is not configured any more are undecided.

    Attributes
    ----------
    desk : Desk
        Where wishes about agreements, orders and deliveries are handed in.
    auction_desk : AuctionDesk
        Where wishes about auctions are.
    queries : Queries
        Where everything is read.
    prover : Prover
        Where proofs of documents are made.
    news : Bell
        Rung when the feed grew.
    engine : Engine
        The database; other tables of the gateway may live in it.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        client: Client | None = None,
        interrupt: Interrupt = lambda boundary: None,
    ) -> None:
        self.engine = connect(settings.database_url)
        migrate(self.engine)
        self.client = client or Client(settings.client_url)
        self.news = Bell()
        self._work = Bell()
        self._settings = settings
        self._tasks: list[asyncio.Task[None]] = []
        hosts, deployment = settings.hosts, settings.deployment
        counter = (self.engine, settings.vault, deployment, hosts, self._work)
        self.desk = Desk(*counter, settings.limits)
        self.auction_desk = AuctionDesk(*counter)
        self.queries = Queries(self.engine)
        network = domain_separator(deployment.order_domain)
        self.prover = Prover(self.engine, settings.vault, network, hosts)
        self._waiters = Waiters(self.queries, self.news)
        self.relayer = Relayer(
            self.engine,
            self.client,
            deployment,
            settings.vault,
            hosts,
            settings.relayer_keys,
            work=self._work,
            finality=settings.finality,
            settings=settings.relayer,
            interrupt=interrupt,
        )
        if "relayer" in settings.parts:
            self.relayer.require_keys()
        self.indexer = Indexer(
            self.engine,
            self.client,
            deployment,
            hosted=frozenset(hosts),
            news=self.news,
            finality=settings.finality,
            poll_s=settings.poll_s,
            interrupt=interrupt,
        )
        self.courier = Courier(
            self.engine,
            settings.vault,
            deployment,
            hosts,
            self.news,
            settings.courier,
            interrupt,
        )

    async def start(self) -> None:
        """Start to work.

        Raises
        ------
        Unreachable
            When the chain does not answer.
        DeploymentAbsent
            When the contracts are not there.
        DeploymentChainDiffers, DeploymentCodeDiffers
            When the node is on another chain, or other code is in the contracts' place.
        """
        await require_deployment(self.client, self._settings.deployment)
        for name, run in (
            ("indexer", self.indexer.run),
            ("relayer", self.relayer.run),
            ("courier", self.courier.run),
        ):
            if name in self._settings.parts:
                self._tasks.append(asyncio.create_task(_watched(name, run()), name=name))

    async def stop(self) -> None:
        """Stop working; what was accepted waits for the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        await self.desk.close()
        await self.indexer.close()
        await self.relayer.close()
        await self._waiters.close()
        await self.client.close()
        self.engine.dispose()

    async def __aenter__(self) -> Self:
        """Start to work."""
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop working."""
        await self.stop()

    @property
    def failure(self) -> BaseException | None:
        """What stopped a part for good, if something did."""
        for task in self._tasks:
            if task.done() and not task.cancelled() and task.exception() is not None:
                return task.exception()
        return None

    async def wait_until_current(self, timeout_s: float) -> None:
        """Wait until everything on the chain has been taken in once.

        Raises
        ------
        Unreachable
            When that takes too long.
        """
        try:
            async with asyncio.timeout(timeout_s):
                if "indexer" in self._settings.parts:
                    await self.indexer.is_current.wait()
                else:
                    await self._read_elsewhere(await self.client.block_number())
        except TimeoutError:
            raise Unreachable(
                url=self.client.url, problem="the gateway is still reading its past"
            ) from None

    async def wait_for(self, intent: int, timeout_s: float) -> IntentView:
        """Wait until the chain has spoken about an intent.

        Returns
        -------
        IntentView
            With status ``recorded`` or ``refused``.

        Raises
        ------
        Unreachable
            When it has not spoken in time; the intent is not lost.
        """
        view = (await self.outcomes([intent], timeout_s)).get(intent)
        if view is None or not view.is_decided:
            status = "not known (any more)" if view is None else f"{view.status} so far"
            raise Unreachable(url=self.client.url, problem=f"intent {intent} is {status}")
        return view

    async def outcomes(self, intents: Collection[int], timeout_s: float) -> dict[int, IntentView]:
        """Wait until the chain has spoken about intents, or time is over; tells how each stands."""
        found = await self._waiters.wait_for(intents, timeout_s)
        rest = [intent for intent in intents if intent not in found]
        return found | await in_thread(self.queries.intents, rest) if rest else found

    async def _read_elsewhere(self, head: int) -> None:
        """Wait until another process has taken in a block."""
        while (await in_thread(self.queries.cursor))[0] < head:
            await self.news.wait(CURRENT_POLL_S)


async def _watched(name: str, work: Coroutine[Any, Any, None]) -> None:
    """Run a part of the runtime, and say loudly when it ends."""
    try:
        await work
    except asyncio.CancelledError:
        raise
    except BaseException:
        _log.critical("the %s has stopped", name, exc_info=True)
        raise
