"""Detached processes that outlive the command which started them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

STOP_TIMEOUT_S: Final = 30.0
KILL_TIMEOUT_S: Final = 5.0
LOOKS_MAX: Final = 10
LOOK_PAUSE_S: Final = 0.005

# The process writes its own id down before it becomes the program, so that one whose starter is
# killed at this very moment is known all the same.
_BORN: Final = 'echo "$$" > "$1.new" && mv "$1.new" "$1" && shift && exec "$@"'


class Detached:
    """One background process, known by its pid file.

    Parameters
    ----------
    name : str
        How people call it.
    folder : Path
        Where `<name>.pid` and `<name>.log` live; made if absent.
    arguments : list of str
        What follows ``consign`` on the command line; no other process may be called with the same.
    options : list of str
        What follows these, and may be other when the process is looked for.
    """

    def __init__(
        self, name: str, folder: Path, arguments: list[str], options: Sequence[str] = ()
    ) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._pid_file = folder / f"{name}.pid"
        self._program = ["-m", "gateway.cli", *arguments]
        self._options = options

    def start(self) -> None:
        """Start the process unless it runs already."""
        if self.is_running():
            return
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._pid_file.unlink(missing_ok=True)
        program = [*self._program, *self._options]
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                ["/bin/sh", "-c", _BORN, "sh", self._pid_file, sys.executable, *program],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=_environment(),
            )
        while not self._pid_file.exists() and process.poll() is None:
            time.sleep(0.005)

    def ask_to_stop(self) -> bool:
        """Ask the process to end; tell whether it was running."""
        pid = self.pid()
        if pid is not None:
            _signal(pid, signal.SIGTERM)
        return pid is not None

    def stop(self) -> bool:
        """Ask the process to end and wait for it; kill it if it does not.

        Returns
        -------
        bool
            Whether it was running.
        """
        was_running = self.ask_to_stop()
        self._await_end(STOP_TIMEOUT_S)
        pid = self.pid()
        if pid is not None:
            _signal(pid, signal.SIGKILL)
            self._await_end(KILL_TIMEOUT_S)
        self._pid_file.unlink(missing_ok=True)
        return was_running

    def is_running(self) -> bool:
        """Whether the process is there."""
        return self.pid() is not None

    def pid(self) -> int | None:
        """The process id, if the very process that was started still runs."""
        try:
            pid = int(self._pid_file.read_text())
        except (OSError, ValueError):
            return None
        # A child of ours that ended stays a zombie until it is waited for.
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        # A process id is used again some day; the words of the command line are ours alone.
        words = _command_line(pid)
        return pid if "\0".join([*self._program, ""]) in words else None

    def last_words(self, lines: int = 15) -> str:
        """The end of the log, for an error message."""
        with contextlib.suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        return ""

    def _await_end(self, timeout_s: float) -> None:
        deadline_s = time.monotonic() + timeout_s
        while self.is_running() and time.monotonic() < deadline_s:
            time.sleep(0.02)


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _environment() -> dict[str, str]:
    """Ours, but that modules are kept compiled: without them a start takes seconds longer."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _command_line(pid: int) -> str:
    """The words a process was called with, each after a zero byte; empty when there is none."""
    if Path("/proc/self").exists():
        with contextlib.suppress(OSError):
            for _ in range(LOOKS_MAX):
                words = Path(f"/proc/{pid}/cmdline").read_bytes()
                if words:
                    return words.decode(errors="replace")
                # Ended and not waited for; or it is just becoming another program.
                time.sleep(LOOK_PAUSE_S)
        return ""
    # Without /proc (macOS, BSD) `ps` says it.
    answer = subprocess.run(
        ["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip().replace(" ", "\0") + "\0"
