"""What must hold in the end, whatever happened on the way."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine

from ledger.database import connect, reading
from ledger.key import SigningKey
from ledger.model import PROJECTED
from ledger.model.table import table_of
from ledger.runtime import LedgerRuntime, Settings
from ledger.vault import FileVault
from tests.soak.careful import FORGOTTEN, Careful
from tests.soak.fact import Fact, facts_on_chain
from tests.soak.ground import GATEWAYS, Ground
from tests.soak.subscriber import Subscriber

DECIDED: Final = ("recorded", "refused")
ASKED_AT_ONCE: Final = 8
SETTLING_S: Final = 180.0
HEARING_S: Final = 30.0
SHOWN_MAX: Final = 10


@dataclass
class Verdict:
    """What was found.

    Attributes
    ----------
    problems : list of str
        Everything that does not hold.
    """

    accepted: int = 0
    recorded: int = 0
    refused: int = 0
    lost: int = 0
    doubled: int = 0
    problems: list[str] = field(default_factory=list)

    def differ(self, what: str, found: Counter[Fact], expected: Counter[Fact]) -> tuple[int, int]:
        """Compare; gives how many are missing and how many there are too many."""
        missing, more = expected - found, found - expected
        for word, some in (("misses", missing), ("has too many", more)):
            if some:
                shown = ", ".join(f"{fact} x{n}" for fact, n in list(some.items())[:SHOWN_MAX])
                self.problems.append(f"{what} {word} {some.total()}: {shown}")
        return missing.total(), more.total()


async def judge(
    ground: Ground, clients: Sequence[Careful], subscribers: Sequence[Subscriber]
) -> Verdict:
    """Compare what was acknowledged, what the chain holds, and what subscribers heard."""
    verdict = Verdict()
    expected = await _decided(clients, verdict)
    on_chain = await facts_on_chain(ground.chain_url, ground.deployment)
    verdict.lost, verdict.doubled = verdict.differ("the chain", on_chain, expected)
    for subscriber in subscribers:
        await subscriber.hear(on_chain, HEARING_S)
        heard = +subscriber.heard
        verdict.differ(f"what {subscriber.desk.name} heard", heard, on_chain)
        if subscriber.repeated:
            verdict.problems.append(f"{subscriber.desk.name} heard {subscriber.repeated} twice")
    for faults in [each.faults for each in clients] + [each.faults for each in subscribers]:
        verdict.problems += faults[:SHOWN_MAX]
    return verdict


async def _decided(clients: Sequence[Careful], verdict: Verdict) -> Counter[Fact]:
    """Wait until every acknowledged intent is decided; gives the facts of the recorded ones."""
    recorded: Counter[Fact] = Counter()
    for client in clients:
        verdict.accepted += len(client.accepted)
        outcomes = await _outcomes(client)
        verdict.recorded += sum(outcome == "recorded" for outcome in outcomes.values())
        verdict.refused += sum(outcome == "refused" for outcome in outcomes.values())
        recorded.update(
            client.accepted[intent] for intent, outcome in outcomes.items() if outcome != "refused"
        )
        undecided = {intent: told for intent, told in outcomes.items() if told not in DECIDED}
        if undecided:
            shown = list(undecided.items())[:SHOWN_MAX]
            name = client.desk.name
            verdict.problems.append(f"{name}: {len(undecided)} intents are undecided: {shown}")
    return recorded


async def _outcomes(client: Careful) -> dict[str, str]:
    """Ask for every intent until it is decided, or for as long as settling may take."""
    end_s = asyncio.get_running_loop().time() + SETTLING_S
    at_once = asyncio.Semaphore(ASKED_AT_ONCE)

    async def ask(intent: str) -> str:
        async with at_once:
            while (told := await client.outcome(intent)) not in (*DECIDED, FORGOTTEN):
                if asyncio.get_running_loop().time() > end_s:
                    break
                await asyncio.sleep(0.1)
            return told

    told = await asyncio.gather(*(ask(intent) for intent in client.accepted))
    return dict(zip(client.accepted, told, strict=True))


async def rebuilt_differs(ground: Ground, folder: Path) -> list[str]:
    """Rebuild the tables from block 0 in a folder; gives where a gateway's are not the same."""
    url = f"sqlite:///{folder / 'rebuilt.sqlite'}"
    settings = Settings(
        database_url=url,
        vault=FileVault(folder / "vault"),
        client_url=ground.chain_url,
        deployment=ground.deployment,
        relayer_keys=[SigningKey.create()],
        hosts={},
    )
    runtime = LedgerRuntime(settings)
    try:
        while await runtime.indexer.advance():
            pass
        expected = projected(runtime.engine)
    finally:
        await runtime.stop()
    return [
        f"{name}: table {table} is not what a rebuild gives"
        for name in GATEWAYS
        for table, rows in _rows_of(ground.database_url(name)).items()
        if rows != expected[table]
    ]


def _rows_of(url: str) -> dict[str, list[tuple[Any, ...]]]:
    engine = connect(url)
    try:
        return projected(engine)
    finally:
        engine.dispose()


def projected(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every row that comes from the chain alone, by table."""
    tables = [table_of(each) for each in PROJECTED]
    with reading(engine) as session:
        connection = session.connection()
        return {
            table.name: sorted((tuple(row) for row in connection.execute(table.select())), key=repr)
            for table in tables
        }
