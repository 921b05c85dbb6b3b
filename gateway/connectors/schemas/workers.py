"""Processes that check messages: each keeps what it compiled, and none can hold up the gateway."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import deque
from multiprocessing import Pipe
from pathlib import Path
from typing import Any, Final

from gateway.connectors.detect import Kind
from gateway.connectors.message import Location
from gateway.connectors.schemas.finding import RuleFinding

COUNT: Final = 2
SECONDS_MAX: Final = 30.0
"""For one message, the compiling of its rules included."""
BYTES_PER_SECOND: Final = 200_000
"""Long messages may take longer."""

CHECKS_MAX: Final = 5_000
"""Of one process: what its processor leaves behind, some kilobytes each time, goes with it."""

_START_S: Final = 60.0
_UNFINISHED: Final = "check-unfinished"
_PROGRAM: Final = "gateway.connectors.schemas.worker"

Answer = tuple[RuleFinding, ...]


class Workers:
    """A few processes that hold messages against the artefacts of one folder.

    Parameters
    ----------
    folder : Path
        The store.
    count : int
        How many; they are started when there is something to check.
    seconds_max : float
        How long the check of a short message may take.
    """

    def __init__(
        self, folder: Path, *, count: int = COUNT, seconds_max: float = SECONDS_MAX
    ) -> None:
        self._folder = folder
        self._seconds_max = seconds_max
        self._free = threading.Semaphore(count)
        self._idle: deque[_Worker] = deque()
        self._is_closed = False

    def check(self, content: bytes, kind: Kind, day: str) -> Answer:
        """Say what published rules a message breaks; a check that fails is a finding as well."""
        with self._free:
            worker = self._taken()
            seconds = self._seconds_max + len(content) // BYTES_PER_SECOND
            try:
                answer = worker.ask(content, kind, day, seconds)
            except (EOFError, OSError, TimeoutError):
                worker.stop()
                return (_unfinished(seconds),)
            if self._is_closed or worker.asked >= CHECKS_MAX:
                worker.stop()
            else:
                self._idle.append(worker)
            return answer

    def _taken(self) -> _Worker:
        try:
            return self._idle.pop()
        except IndexError:
            return _Worker(self._folder)

    def close(self) -> None:
        """Let the processes end."""
        self._is_closed = True
        while self._idle:
            self._idle.pop().stop()


class _Worker:
    def __init__(self, folder: Path) -> None:
        self._connection, theirs = Pipe()
        # Not by `multiprocessing`, which would run the main module of the gateway once more.
        command = [sys.executable, "-m", _PROGRAM, str(folder), str(theirs.fileno())]
        self._process = subprocess.Popen(
            command,
            pass_fds=(theirs.fileno(),),
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        theirs.close()
        self._is_started = False
        self.asked = 0

    def ask(self, content: bytes, kind: Kind, day: str, seconds_max: float) -> Answer:
        if not self._is_started:
            self._is_started = bool(self._heard(_START_S))
        self.asked += 1
        self._connection.send((content, kind, day, seconds_max))
        answer: Answer = self._heard(seconds_max)
        return answer

    def _heard(self, seconds_max: float) -> Any:
        if not self._connection.poll(seconds_max):
            raise TimeoutError
        return self._connection.recv()

    def stop(self) -> None:
        self._connection.close()
        self._process.kill()
        self._process.wait()


def _unfinished(seconds_max: float) -> RuleFinding:
    return RuleFinding(
        f"The published rules are checked within {seconds_max:g} s.",
        Location(1, 1),
        "",
        "Replay the message; if it fails again, split it.",
        _UNFINISHED,
    )
