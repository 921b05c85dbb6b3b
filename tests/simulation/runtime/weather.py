"""Faults, as a seed decides them: in the network, in the node and in the database."""

import random
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ledger.errors import Unreachable
from tests.simulation.runtime.calm import URL
from tests.simulation.runtime.node.block import Block
from tests.simulation.runtime.node.chain import Chain
from tests.simulation.runtime.node.rpc import NodeError, View
from tests.simulation.runtime.tally import Tally

RPC = "rpc: "
DATABASE = "database: "

UNREACHABLE = {
    "timed out before": "the read timed out",
    "timed out after": "the read timed out",
    "reset": "[Errno 104] Connection reset by peer",
    "bad gateway": "HTTP 502, no JSON",
}
"""Faults that give no answer, and what is told of them."""

LOCKED, FULL, BROKEN = "locked", "full", "input/output error"
DRIVER = {
    LOCKED: ("database is locked", sqlite3.SQLITE_BUSY),
    FULL: ("database or disk is full", sqlite3.SQLITE_FULL),
    BROKEN: ("disk I/O error", sqlite3.SQLITE_IOERR_FSYNC),
}


@dataclass(frozen=True)
class Climate:
    """How bad a voyage's weather is: chances per question, per statement and per step."""

    rpc: float
    database: float
    death: float
    unrest: float
    """Chance that the chain moves on between two questions."""


@dataclass
class Weather:
    """What goes wrong for one process."""

    rng: random.Random
    chain: Chain
    climate: Climate
    tally: Tally
    move_on: Callable[[], None]
    gone: Callable[[], list[Block] | None]
    """Gives the blocks of a fork that the chain has left."""
    make: str = "geth"
    is_calm: bool = False
    _lag: int = 0
    _lagging: View | None = None

    def answer(self, body: Any) -> Any:
        """Let the node answer one request or many, or not.

        Raises
        ------
        Unreachable
            When no answer comes, whether or not the node has done what it was asked.
        """
        requests = body if isinstance(body, list) else [body]
        if not self.is_calm and self.rng.random() < self.climate.unrest:
            self.move_on()
        fault = self._fault({request["method"] for request in requests})
        if fault in ("timed out before", "reset", "bad gateway"):
            raise Unreachable(url=URL, problem=UNREACHABLE[fault])
        view = self._view(fault)
        answers = [self._told(view, request, fault) for request in requests]
        if fault == "timed out after":
            raise Unreachable(url=URL, problem=UNREACHABLE[fault])
        if fault == "out of order":
            answers.reverse()
        return answers if isinstance(body, list) else answers[0]

    def strike(self, is_commit: bool) -> str | None:
        """Decide whether a statement goes wrong, and how."""
        if self.is_calm or self.rng.random() >= self.climate.database:
            return None
        kinds = [LOCKED, BROKEN, FULL]
        kind = self.rng.choice([*kinds, *(f"{each} after commit" for each in kinds[1:])])
        kind = kind if is_commit else kind.removesuffix(" after commit")
        self.tally[DATABASE + kind] += 1
        return kind

    def _fault(self, methods: set[str]) -> str | None:
        if self.is_calm or self.rng.random() >= self.climate.rpc:
            return None
        kinds = [*UNREACHABLE, "busy", "out of order", "lagging", "old fork"]
        for method, more in _OF_METHOD.items():
            if method in methods:
                kinds += more
        kind = self.rng.choice(kinds)
        if kind == "old fork" and self.gone() is None:
            kind = "lagging"
        self.tally[RPC + kind] += 1
        return kind

    def _view(self, fault: str | None) -> View:
        """Show the chain as it is, or for some questions as it was."""
        blocks = self.chain.blocks
        if fault == "lagging":
            self._lag = self.rng.randint(1, 5)
            behind = self.rng.randint(1, 5)
            self._lagging = View(self.chain, blocks[: max(3, len(blocks) - behind)], self.make)
        elif fault == "old fork" and (gone := self.gone()) is not None:
            self._lag = self.rng.randint(1, 5)
            self._lagging = View(self.chain, gone, self.make)
        if self._lag > 0 and self._lagging is not None and not self.is_calm:
            self._lag -= 1
            return self._lagging
        return View(self.chain, blocks, self.make)

    def _told(self, view: View, request: dict[str, Any], fault: str | None) -> dict[str, Any]:
        method = request["method"]
        is_full = fault == "pool full" and method == "eth_sendRawTransaction"
        if is_full or fault == "busy":
            error = NodeError(-32005, "limit exceeded") if fault == "busy" else view.error("full")
            return {"jsonrpc": "2.0", "id": request["id"], "error": error.answer}
        answer = view.answer(request)
        twist = _TWISTS.get((fault or "", method))
        if twist is not None and "error" not in answer:
            twist(self, answer)
        return answer

    def _withhold_logs(self, answer: dict[str, Any]) -> None:
        """Leave out all logs from some block on: a node's index of logs follows its blocks."""
        logs = answer["result"]
        if logs:
            first = int(self.rng.choice(logs)["blockNumber"], 16)
            answer["result"] = [one for one in logs if int(one["blockNumber"], 16) < first]

    def _withhold(self, answer: dict[str, Any]) -> None:
        answer["result"] = None

    def _lower(self, answer: dict[str, Any]) -> None:
        answer["result"] = hex(max(0, int(answer["result"], 16) - self.rng.randint(1, 3)))

    def _raise(self, answer: dict[str, Any]) -> None:
        answer["result"] = hex(int(answer["result"], 16) + self.rng.randint(1, 2))

    def _drop(self, answer: dict[str, Any]) -> None:
        self._forget(answer["result"], None)

    def _delay(self, answer: dict[str, Any]) -> None:
        self._forget(answer["result"], self.chain.head.number + self.rng.randint(2, 12))

    def _forget(self, tx_hash: str, until: int | None) -> None:
        for at, waiting in list(self.chain.pool.items()):
            if waiting.transaction.hash.hex() == tx_hash[2:]:
                if until is None:
                    del self.chain.pool[at]
                else:
                    waiting.not_before = until


def driver_error(kind: str) -> sqlite3.OperationalError:
    """Give the error as the driver words it."""
    words, code = DRIVER[kind.removesuffix(" after commit")]
    error = sqlite3.OperationalError(words)
    error.sqlite_errorcode = code
    return error


_OF_METHOD: dict[str, list[str]] = {
    "eth_getLogs": ["logs withheld"] * 4,
    "eth_getTransactionReceipt": ["receipt withheld"] * 2,
    "eth_getTransactionCount": ["nonce too low"] * 3 + ["nonce too high"],
    "eth_sendRawTransaction": ["pool full", "dropped", "dropped", "delayed", "delayed"],
}
_TWISTS: dict[tuple[str, str], Callable[[Weather, dict[str, Any]], None]] = {
    ("logs withheld", "eth_getLogs"): Weather._withhold_logs,
    ("receipt withheld", "eth_getTransactionReceipt"): Weather._withhold,
    ("nonce too low", "eth_getTransactionCount"): Weather._lower,
    ("nonce too high", "eth_getTransactionCount"): Weather._raise,
    ("dropped", "eth_sendRawTransaction"): Weather._drop,
    ("delayed", "eth_sendRawTransaction"): Weather._delay,
}
