"""A seeded voyage: two gateways on one chain, in the weather that their seed decides."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlmodel import select

from ledger.database import reading
from ledger.errors import RpcRefused, Unreachable
from ledger.lease import LeaseLost
from ledger.model import PendingAction
from ledger.model.sending import UNDECIDED
from ledger.storing import NonceTaken, WishesTaken
from ledger.stretch import ChainMoved
from tests.simulation.runtime.caller import Caller
from tests.simulation.runtime.calm import stands_on
from tests.simulation.runtime.clock import Clock
from tests.simulation.runtime.harbour import Harbour, founded
from tests.simulation.runtime.memory_vault import MemoryVault
from tests.simulation.runtime.post import Post
from tests.simulation.runtime.process import Process
from tests.simulation.runtime.sea import Sea
from tests.simulation.runtime.subscriber import Subscriber
from tests.simulation.runtime.tally import Tally
from tests.simulation.runtime.weather import Climate, Weather

PASSING = (
    Unreachable,
    RpcRefused,
    ChainMoved,
    WishesTaken,
    NonceTaken,
    LeaseLost,
)
"""What the runtime's parts may be stopped by for a moment; anything else is a fault of theirs."""

BOUNDARIES = {
    "relayer": ("signed", "storing", "stored", "sent"),
    "indexer": ("folding", "taken in", "taking back", "taken back"),
    "courier": ("unfolding", "unfolded", "opening", "opened"),
}
"""Write boundaries of each part, where a process may be told to die."""

WORK = {
    "relayer": ("relayer",),
    "indexer": ("indexer",),
    "courier": ("courier",),
    "in turn": ("relayer", "indexer"),
    "all": ("indexer", "relayer", "courier"),
}
"""Which parts of a process work, by what it is called."""
CLIMATES = (
    Climate(rpc=0.0, database=0.0, death=0.6, unrest=0.05),
    Climate(rpc=0.15, database=0.003, death=0.2, unrest=0.1),
    Climate(rpc=0.3, database=0.0, death=0.1, unrest=0.15),
    Climate(rpc=0.05, database=0.02, death=0.2, unrest=0.05),
    Climate(rpc=0.2, database=0.01, death=0.5, unrest=0.15),
)
HOME_ROUNDS = 120
RESTART_S = 5
DOCUMENT_ROUNDS = 6
DOCUMENT_WAIT_S = 1_000
COINS = 10**24


@dataclass
class Vessel:
    """A company on its voyage: its processes, who asks it, and who listens to it."""

    caller: Caller
    processes: list[Process]
    post: Post
    listener: Subscriber = field(default_factory=Subscriber)


class Voyage:
    """Moves everything step by step, so that the seed alone decides what happens when."""

    def __init__(self, seed: int, folder: Path, clock: Clock) -> None:
        self.seed = seed
        self.rng = random.Random(seed)
        self.tally = Tally()
        self.log: list[str] = []
        self.clock = clock
        self.folder = folder
        self.harbour: Harbour = founded().departure()
        chain = self.harbour.chain
        self.sea = Sea(self.rng, chain, clock, self.tally)
        self.climate = self.rng.choice(CLIMATES)
        self.make = self.rng.choice(("geth", "anvil", "besu"))
        if self.rng.random() < 0.4:
            self._ask_fees()
        self.vessels = [self._vessel(place) for place in range(len(self.harbour.companies))]

    async def sail(self, steps: int) -> None:
        """Take so many steps."""
        moves: list[tuple[Callable[[], Awaitable[None]], int]] = [
            (self._ask, 12),
            (self._work, 14),
            (self._mine, 6),
            (self._bend, 4),
            (self._compete, 2),
            (self._listen, 2),
            (self._wait, 2),
            (self._die, 1),
        ]
        weights = [weight for _, weight in moves]
        for _ in range(steps):
            ((move, _),) = self.rng.choices(moves, weights)
            await move()

    async def come_home(self) -> None:
        """Go on without mishap until everything is answered, decided and taken in."""
        for vessel in self.vessels:
            vessel.post.is_calm = True
            for process in vessel.processes:
                process.weather.is_calm = True
                process.doom()
        for _ in range(HOME_ROUNDS):
            self.clock.wait(self.rng.choice((0.5, 2.0, 8.0)))
            for vessel in self.vessels:
                for promise in vessel.caller.promises:
                    if promise.intents is None:
                        await promise.request(vessel.processes[0].runtime)
                for process in vessel.processes:
                    await self._round(process, vessel)
            self.sea.calm()
            if self._is_home():
                await self._bring_documents()
                return
        raise AssertionError(f"never came home: {self._undecided()}")

    async def _bring_documents(self) -> None:
        """Wait out the longest back-off of what could not be fetched."""
        for _ in range(DOCUMENT_ROUNDS):
            self.clock.wait(DOCUMENT_WAIT_S)
            http: list[Any] = [vessel.post for vessel in self.vessels]
            found = [
                await process.runtime.courier.advance(each)
                for vessel, each in zip(self.vessels, http, strict=True)
                for process in vessel.processes
            ]
            if not any(found):
                return

    async def close(self) -> None:
        """End all processes."""
        for vessel in self.vessels:
            for process in vessel.processes:
                await process.stop()

    def _vessel(self, place: int) -> Vessel:
        company = self.harbour.companies[place]
        path = self.folder / f"{company.name}.sqlite"
        path.write_bytes(self.harbour.databases[company.name])
        weather = Weather(
            self.rng,
            self.harbour.chain,
            self.climate,
            self.tally,
            self._move_on,
            lambda: self.sea.other,
            self.make,
        )
        vaults: dict[str, MemoryVault] = {
            each.endpoint: each.vault for each in self.harbour.companies
        }
        post = Post(self.rng, vaults, self.tally, chance=self.rng.choice((0.0, 0.4, 0.8)))
        caller = Caller(company, self.rng, first_key=1_000 * (place + 1))
        count = self.rng.choice((1, 1, 2))
        processes = [Process(company, self.folder, weather) for _ in range(count)]
        return Vessel(caller, processes, post)

    def _ask_fees(self) -> None:
        chain = self.harbour.chain
        self.sea.has_fees = True
        chain.base_fee = self.rng.choice((7, 1_000_000_000))
        chain.takes_cheap = self.rng.random() < 0.7
        for company in self.harbour.companies:
            for key in company.keys:
                chain.balances[key.address.lower()] = COINS

    async def _ask(self) -> None:
        vessel = self.rng.choice(self.vessels)
        process = self.rng.choice(vessel.processes)
        unanswered = [each for each in vessel.caller.promises if each.intents is None]
        self._doom(process, ("courier",))

        async def ask() -> None:
            promise = self.rng.choice(unanswered) if unanswered else None
            if promise is None or self.rng.random() < 0.5:
                promise = vessel.caller.next(process.runtime)
            if promise is not None:
                self.log.append(promise.told)
                await promise.request(process.runtime)

        await self._attempt(process, ask())

    async def _work(self) -> None:
        """Let parts of a process do a round each, one after the other or all at once."""
        vessel = self.rng.choice(self.vessels)
        process = self.rng.choice(vessel.processes)
        name = self.rng.choice((*WORK, "all", "all", "in turn"))
        self.log.append(f"{process.company.name}: {name}")
        self._doom(process, WORK[name])
        works = [self._part(process, vessel, each) for each in WORK[name]]
        if name == "all":
            self.tally["voyage: parts at once"] += 1
            await self._attempt(process, _gathered(works))
            return
        for work in works:
            await self._attempt(process, work)

    async def _compete(self) -> None:
        """Let all processes of a company do the same at once."""
        vessel = self.rng.choice(self.vessels)
        if len(vessel.processes) > 1:
            self.tally["voyage: rivals"] += 1
        part = self.rng.choice(("relayer", "indexer"))
        works = [self._attempt(each, self._part(each, vessel, part)) for each in vessel.processes]
        await _gathered(works)

    async def _part(self, process: Process, vessel: Vessel, part: str) -> None:
        runtime = process.runtime
        if part == "relayer":
            await runtime.relayer.advance()
        elif part == "indexer":
            await runtime.indexer.advance()
        else:
            http: Any = vessel.post
            await runtime.courier.advance(http)

    async def _round(self, process: Process, vessel: Vessel) -> None:
        """Let everything in a process work until there is nothing to do."""
        for part in ("indexer", "indexer", "relayer", "indexer", "courier"):
            await self._attempt(process, self._part(process, vessel, part))

    async def _attempt(self, process: Process, work: Awaitable[None]) -> None:
        life = process.life
        try:
            await process.step(work)
            if process.life is not life and self.rng.random() < 0.7:
                # Mostly a process is back only after the dead one's leases have ended.
                self.clock.wait(RESTART_S)
        except PASSING as problem:
            self.log.append(f"  {type(problem).__name__}: {str(problem)[:60]}")

    def _doom(self, process: Process, parts: Sequence[str]) -> None:
        """Let the process die in what comes next, sometimes."""
        if self.rng.random() >= self.climate.death:
            return
        if parts and self.rng.random() < 0.5:
            process.doom(boundary=self.rng.choice(BOUNDARIES[self.rng.choice(parts)]))
        else:
            process.doom(moments=self.rng.choice((3, 10, 30, 60)) * self.rng.randint(1, 4) // 4)

    async def _mine(self) -> None:
        self.sea.mine()
        self.log.append(f"block {self.sea.chain.head.number}")

    async def _bend(self) -> None:
        self._move_on()

    def _move_on(self) -> None:
        """Let the chain do something that nobody asked for."""
        sea = self.sea
        moves = [sea.mine, sea.reorganise, sea.lose_tail, sea.return_to_old_fork]
        moves += [sea.forget_pool, sea.change_fee, sea.mine, sea.reorganise]
        move = self.rng.choice(moves)
        move()
        self.log.append(f"{move.__name__}: block {sea.chain.head.number}")

    async def _listen(self) -> None:
        vessel = self.rng.choice(self.vessels)
        process = vessel.processes[0]

        async def read() -> None:
            vessel.listener.read(process.runtime.queries, self.rng.choice((1, 3, 50)))

        await self._attempt(process, read())

    async def _wait(self) -> None:
        self.clock.wait(self.rng.choice((0.05, 0.3, 1.0, 5.0, 30.0, 600.0)))

    async def _die(self) -> None:
        vessel = self.rng.choice(self.vessels)
        self.rng.choice(vessel.processes).start_again()
        self.tally["died: idle"] += 1
        self.log.append(f"{vessel.caller.company.name} dies")

    def _is_home(self) -> bool:
        """Whether nothing waits, and everybody has read this fork up to what was mined just now."""
        newest = self.sea.chain.blocks[-2:]
        return not self._undecided() and all(
            stands_on(process.runtime, newest)
            for vessel in self.vessels
            for process in vessel.processes
        )

    def _undecided(self) -> list[Any]:
        found: list[Any] = []
        for vessel in self.vessels:
            found += [each.told for each in vessel.caller.promises if each.intents is None]
            waiting = select(PendingAction).where(UNDECIDED)
            with reading(vessel.processes[0].runtime.engine) as session:
                found += [each.model_dump() for each in session.exec(waiting)]
        return found


async def _gathered(works: Sequence[Awaitable[None]]) -> None:
    """Do all at once and wait for all, then tell of the worst that happened."""
    outcomes = await asyncio.gather(*works, return_exceptions=True)
    problems = [each for each in outcomes if isinstance(each, BaseException)]
    for problem in sorted(problems, key=lambda each: isinstance(each, PASSING)):
        raise problem
