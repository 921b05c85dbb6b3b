"""Where the processors' time goes, process by process (Linux)."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

TICKS_PER_S = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass(frozen=True)
class CpuTime:
    """Seconds of processor time by the name of who used them."""

    seconds: Mapping[str, float]

    def since(self, before: Self) -> dict[str, float]:
        """Give what was used since an earlier look."""
        return {name: used - before.seconds.get(name, 0.0) for name, used in self.seconds.items()}


def cpu_times(pids: Mapping[str, int]) -> CpuTime:
    """Look at processes and their children, and at this one as ``load``; empty without /proc."""
    if not Path("/proc/self/stat").exists():
        return CpuTime({})
    found = {name: _seconds_below(pid) for name, pid in pids.items()}
    return CpuTime(found | {"load": _seconds(os.getpid())})


def _seconds_below(pid: int) -> float:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    below = children.read_text().split() if children.exists() else []
    others = Path(f"/proc/{pid}/task")
    threads = [each.name for each in others.iterdir()] if others.exists() else []
    for thread in threads:
        if thread != str(pid):
            below += Path(f"/proc/{pid}/task/{thread}/children").read_text().split()
    return _seconds(pid) + sum(_seconds_below(int(each)) for each in set(below))


def _seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S
