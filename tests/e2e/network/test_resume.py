"""A network that is killed at any moment comes back with all it knew."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from gateway.network.members import GATEWAYS
from gateway.network.network import Network
from gateway.network.process import STOP_TIMEOUT_S
from tests.e2e.network.conftest import Consign, environment

SEED = 11
SETTLING_S = 30.0
PARTS = ("chain", *GATEWAYS)


@dataclass
class Knowledge:
    """What gateways have accepted, and what they have seen recorded."""

    intents: dict[tuple[str, int], str] = field(default_factory=dict)
    facts: Counter[tuple[object, ...]] = field(default_factory=Counter)

    @classmethod
    def of(cls, network: Network) -> Knowledge:
        """Read every gateway's database as it lies on disk."""
        found = cls()
        for name in GATEWAYS:
            path = network.home.gateway(name) / "ledger.sqlite"
            with contextlib.suppress(sqlite3.OperationalError), _opened(path) as database:
                rows = database.execute("SELECT id, status FROM pending_action").fetchall()
                found.intents |= {(name, number): status for number, status in rows}
                rows = database.execute(
                    "SELECT machine, agreement, number, organisation, action FROM event"
                ).fetchall()
                found.facts.update((name, *row) for row in rows)
        return found

    def is_settled(self) -> bool:
        """Whether every accepted wish is decided."""
        return all(status in ("recorded", "refused") for status in self.intents.values())


def _opened(path: Path) -> contextlib.closing[sqlite3.Connection]:
    return contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10))


def _settled(network: Network) -> Knowledge:
    deadline_s = time.monotonic() + SETTLING_S
    while time.monotonic() < deadline_s:
        known = Knowledge.of(network)
        if known.is_settled():
            return known
        time.sleep(0.1)
    raise AssertionError(f"still undecided: {known.intents}")


def _kill(network: Network, parts: tuple[str, ...] = PARTS) -> None:
    # Not what a file says: the number of a process that is long gone may be another's by now.
    for part, pid in network.pids().items():
        if part in parts:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _require_nothing_lost(before: Knowledge, after: Knowledge) -> None:
    assert before.facts <= after.facts, before.facts - after.facts
    for intent, status in before.intents.items():
        expected = "refused" if status == "refused" else "recorded"
        assert after.intents.get(intent) == expected, intent


def _up_killed_after(
    seconds: float, command: list[str], network: Network, flags: list[str]
) -> Knowledge:
    """Let `consign up` run for a while, kill it and all it started, and look at what remains."""
    up = subprocess.Popen(
        [*command, "up", "--home", str(network.folder), *flags],
        env=environment(),
        stdout=subprocess.DEVNULL,
    )
    with contextlib.suppress(subprocess.TimeoutExpired):
        up.wait(seconds)
    up.kill()
    up.wait()
    _kill(network)
    return Knowledge.of(network)


def test_network_killed_at_any_moment_comes_back_with_all_it_knew(
    command: list[str], consign: Consign, home: Path
) -> None:
    network, moments = Network(home), random.Random(SEED)
    # While keys are made, contracts deployed and members admitted; then during the stories.
    _up_killed_after(moments.uniform(0.5, 2.5), command, network, ["--free-ports"])
    _up_killed_after(moments.uniform(2.5, 5.0), command, network, [])
    before = _up_killed_after(moments.uniform(10.0, 16.0), command, network, [])

    up = consign("up", "--home", home)
    assert up.returncode == 0, up.stdout + up.stderr
    assert "The network is up" in up.stdout
    after = _settled(network)
    _require_nothing_lost(before, after)

    for part in (moments.choice(GATEWAYS), "chain"):
        _kill(network, (part,))
        again = consign("up", "--home", home)
        assert again.returncode == 0, again.stdout + again.stderr
        assert "proposed an agreement" not in again.stdout, "told stories are not told again"
        _require_nothing_lost(after, _settled(network))

    already = consign("up", "--home", home)
    assert already.returncode == 0
    assert "API key" in already.stdout

    began_s = time.monotonic()
    assert "stopped brand, suppliers, pool, chain" in consign("down", "--home", home).stdout
    assert time.monotonic() - began_s < STOP_TIMEOUT_S, "gateways end by themselves: none is killed"
    assert "nothing was running" in consign("down", "--home", home).stdout
