"""`consign doctor`: what is missing on this machine, and how to mend it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from gateway.network.home import Ports
from gateway.network.network import Network
from gateway.network.port import DEFAULT_PORTS, is_taken
from ledger.contracts_artifact import ContractsNotCompiled, load_contracts
from ledger.embedded import ChainBinaryMissing, anvil_path

FREE_BYTES_MIN = 500_000_000


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something that is missing, and what to do about it."""

    what: str
    remedy: str


def run_doctor(folder: Path, console: Console) -> int:
    """Look at everything the local network needs.

    Returns
    -------
    int
        Exit code: 0 when nothing is missing.
    """
    network = Network(folder)
    checks: list[tuple[str, Callable[[], Complaint | None]]] = [
        ("Python 3.11 or newer", _python),
        ("compiled contracts", _contracts),
        ("anvil, the embedded chain", _anvil),
        ("500 MB of disk", lambda: _disk(folder)),
        ("a folder to write to", lambda: _writable(folder)),
        ("free ports, or the network on them", lambda: _ports(network)),
    ]
    complaints = 0
    for name, check in checks:
        complaint = check()
        if complaint is None:
            console.print(f"[green]✓[/green] {name}")
            continue
        complaints += 1
        console.print(f"[red]✗ {name}:[/red] {complaint.what}", highlight=False)
        console.print(f"  → {complaint.remedy}", highlight=False)
    return 1 if complaints else 0


def _python() -> Complaint | None:
    if sys.version_info >= (3, 11):  # noqa: UP036
        return None
    return Complaint(
        f"this is Python {sys.version.split()[0]}", "make PYTHON=python3.12 setup, or newer"
    )


def _contracts() -> Complaint | None:
    try:
        load_contracts()
    except ContractsNotCompiled as missing:
        return Complaint(str(missing), "make setup")
    return None


def _anvil() -> Complaint | None:
    try:
        anvil_path()
    except ChainBinaryMissing as missing:
        return Complaint(str(missing), "make setup")
    return None


def _disk(folder: Path) -> Complaint | None:
    existing = next(each for each in (folder, *folder.resolve().parents) if each.exists())
    free = shutil.disk_usage(existing).free
    if free >= FREE_BYTES_MIN:
        return None
    return Complaint(f"{free // 1_000_000} MB are free at {existing}", "make room, or use --home")


def _writable(folder: Path) -> Complaint | None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".probe"
        probe.write_text("")
        probe.unlink()
    except OSError as problem:
        return Complaint(str(problem), "choose another folder with --home")
    return None


def _ports(network: Network) -> Complaint | None:
    if network.is_running():
        return None
    ports = network.home.ports() or DEFAULT_PORTS
    taken = [port for port in _all(ports) if is_taken(port)]
    if not taken:
        return None
    listed = ", ".join(str(port) for port in taken)
    return Complaint(
        f"another program listens on {listed}",
        "consign down, if it is an older network of yours; or stop that program; "
        "or consign up --free-ports",
    )


def _all(ports: Ports) -> list[int]:
    return [ports.chain, *ports.gateways.values()]
