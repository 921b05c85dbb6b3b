"""The peer: Ponder, with handlers as an expert would write them, on the same chain."""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ledger.contracts_artifact import load_contract
from ledger.deployment import Deployment

ROOT: Final = Path(__file__).resolve().parents[2]
SOURCES: Final = Path(__file__).parent / "ponder"
FOLDER: Final = ROOT / "build/bench/ponder"
READY_S: Final = 600.0


class PeerFailed(Exception):
    """Ponder could not be installed, or did not index everything."""


def install() -> None:
    """Put Ponder and the sources into a folder of their own; packages' scripts are not run.

    Raises
    ------
    PeerFailed
        When the package registry does not serve it.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    shutil.copytree(SOURCES, FOLDER, dirs_exist_ok=True)
    abi = json.dumps(load_contract("OrderLedger").abi)
    (FOLDER / "abi.ts").write_text(f"export const abi = {abi} as const;\n")
    if (FOLDER / "node_modules/ponder").exists():
        return
    command = [str(ROOT / ".venv/bin/npm"), "install", "--ignore-scripts", "--no-audit"]
    answer = subprocess.run(
        [*command, "--no-fund"], cwd=FOLDER, capture_output=True, text=True, check=False
    )
    if answer.returncode != 0:
        raise PeerFailed(answer.stderr.strip().splitlines()[-1] if answer.stderr else "npm failed")


def seconds_to_index(chain_url: str, deployment: Deployment, events: int) -> float:
    """Index a chain from nothing; the clock starts when Ponder's server answers.

    Raises
    ------
    PeerFailed
        When it ends early, or does not hold every event.
    """
    shutil.rmtree(FOLDER / ".ponder", ignore_errors=True)
    with _running(chain_url, deployment) as (peer, url):
        _wait(peer, f"{url}/health")
        began_s = time.perf_counter()
        _wait(peer, f"{url}/ready")
        seconds = time.perf_counter() - began_s
        with urllib.request.urlopen(f"{url}/facts", timeout=60) as answer:
            held = json.load(answer)["facts"]
    if held != events:
        raise PeerFailed(f"it holds {held} of {events} events")
    return seconds


@contextmanager
def _running(
    chain_url: str, deployment: Deployment
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        "PEER_DATABASE": str(FOLDER / ".ponder/pglite"),
        "PEER_CHAIN_ID": str(deployment.chain_id),
        "PEER_RPC": chain_url,
        "PEER_LEDGER": deployment.order_ledger,
        "PEER_BLOCK": str(deployment.block),
        "PONDER_TELEMETRY_DISABLED": "1",
    }
    ponder = FOLDER / "node_modules/ponder/dist/esm/bin/ponder.js"
    command = [str(ROOT / ".venv/bin/node"), str(ponder), "start", "--schema", "peer"]
    with (FOLDER / "ponder.log").open("wb") as log:
        peer = subprocess.Popen(
            [*command, "--port", str(port), "--log-level", "warn"],
            cwd=FOLDER,
            env=os.environ | settings,
            stdout=log,
            stderr=log,
        )
    try:
        yield peer, f"http://127.0.0.1:{port}"
    finally:
        peer.terminate()
        peer.wait(30)


def _wait(peer: subprocess.Popen[bytes], url: str) -> None:
    until_s = time.monotonic() + READY_S
    while time.monotonic() < until_s:
        try:
            with urllib.request.urlopen(url, timeout=30):
                return
        except (urllib.error.URLError, OSError):
            if peer.poll() is not None:
                raise PeerFailed(f"it ended; see {FOLDER / 'ponder.log'}") from None
            time.sleep(0.1)
    raise PeerFailed(f"{url} did not answer in {READY_S:.0f} s")
