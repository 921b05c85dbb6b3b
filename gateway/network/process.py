"""Detached processes that outlive the command which started them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

STOP_TIMEOUT_S = 30.0


class ProcessDied(RuntimeError):
    """A process of the local network ended before it was ready."""


class Detached:
    """One background process, known by its pid file.

    Parameters
    ----------
    name : str
        How people call it.
    folder : Path
        Where `<name>.pid` and `<name>.log` live; made if absent.
    arguments : list of str
        What follows ``consign`` on the command line.
    """

    def __init__(self, name: str, folder: Path, arguments: list[str]) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._pid_file = folder / f"{name}.pid"
        self._arguments = arguments

    def start(self) -> None:
        """Start the process unless it runs already."""
        if self.is_running():
            return
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "gateway.cli", *self._arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=_environment(),
            )
        self._pid_file.write_text(f"{process.pid} {_birth(process.pid)}")

    def stop(self) -> bool:
        """Ask the process to end and wait for it; kill it if it does not.

        Returns
        -------
        bool
            Whether it was running.
        """
        pid = self.pid()
        if pid is None:
            self._pid_file.unlink(missing_ok=True)
            return False
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_TIMEOUT_S
        while self.is_running() and time.monotonic() < deadline:
            time.sleep(0.05)
        if self.is_running():
            os.kill(pid, signal.SIGKILL)
        self._pid_file.unlink(missing_ok=True)
        return True

    def is_running(self) -> bool:
        """Whether the process is there."""
        return self.pid() is not None

    def pid(self) -> int | None:
        """The process id, if the very process that was started still runs."""
        try:
            pid, birth = self._pid_file.read_text().split(" ", 1)
        except (OSError, ValueError):
            return None
        # A child of ours that ended stays a zombie until it is waited for.
        with contextlib.suppress(ChildProcessError):
            os.waitpid(int(pid), os.WNOHANG)
        return int(pid) if birth and _birth(int(pid)) == birth else None

    def last_words(self, lines: int = 15) -> str:
        """The end of the log, for an error message."""
        with contextlib.suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        return ""


def _environment() -> dict[str, str]:
    """Ours, but that modules are kept compiled: without them a start takes seconds longer."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _birth(pid: int) -> str:
    """When a process started, so that a process id used again is not mistaken for ours."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return fields[19]
    if Path("/proc/self").exists():
        return ""
    # Without /proc (macOS, BSD) `ps` says it.
    answer = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip()
