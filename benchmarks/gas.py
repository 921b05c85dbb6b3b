"""What each operation of the contracts costs, by the receipts of real transactions.

A private chain, the real contracts, all checks on: signature, registry, seat, lifecycle, nonce,
deadline. Beside them the peer, OpenZeppelin's ERC-2771 forwarder, and the physical floor. Gas does
not vary from run to run, so that one run is enough; QUICK=1 changes nothing.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks._commit import commit_measured
from benchmarks.operations import Measure, OperationFailed, measure_all, open_stage

ROOT = Path(__file__).resolve().parents[1]
console = Console(width=170)


@dataclass(frozen=True)
class Case:
    """A case that has a goal.

    Parameters
    ----------
    floor : int, optional
        Gas per event that no contract of this kind can go below; see docs/gas.md.
    peer : str
        The forwarder's case that does the same.
    """

    title: str
    goal: int | None
    floor: int | None
    peer: str = "gas_erc2771"


CASES = {
    "gas_contiguous": Case("contiguous: one signature, consecutive orders", 450, 185),
    "gas_8_per_slot": Case("8 per slot: one signature, 8 orders per slot", 1_100, None),
    "gas_scattered": Case("scattered: one signature, one order per slot", 5_800, 5_100),
    "gas_individual": Case("individual: every action signed, 4 signers", 13_000, 11_457),
    "gas_new": Case("new: new orders as one run", 420, 345, "gas_erc2771_new"),
    "gas_run": Case("run: one action on consecutive orders", 120, 80),
    "gas_erc2771": Case("ERC-2771 forwarder: acknowledge, 4 signers", None, None),
    "gas_erc2771_new": Case("ERC-2771 forwarder: new orders", None, None, "gas_erc2771_new"),
}
KEYS = [name for name in CASES if name != "gas_erc2771_new"]


def main() -> int:
    """Measure, print, and fail when a transaction did."""
    commit = commit_measured()
    began_s = time.monotonic()
    try:
        measures, hardfork = asyncio.run(_measure())
    except OperationFailed as problem:
        print(f"failed: {problem}", file=sys.stderr)
        return 1
    console.print(_cases_table(measures))
    console.print(_others_table(measures))
    compiler = json.loads((ROOT / "contracts/compiler.json").read_text())
    settings = compiler["settings"]
    print(
        f"gas of receipts, the 21,000 and calldata included; rules of {hardfork}; commit {commit}\n"
        f"solc {compiler['version']}, {settings['evmVersion']}, viaIR {settings['viaIR']}, "
        f"optimizer runs {settings['optimizer']['runs']:,}; the same for the forwarder\n"
        "documents root (document) and manifest not zero; nonce words used before; storage cold; "
        "orders issued before, the first number a multiple of 64\n"
        f"one run, as gas does not vary; {time.monotonic() - began_s:.0f} s"
    )
    print(json.dumps({name: measures[name].per_event for name in KEYS}))
    return 0


async def _measure() -> tuple[dict[str, Measure], str]:
    async with open_stage() as stage:
        measures = await measure_all(stage)
        node = await stage.client.call("anvil_nodeInfo")
        return measures, str(node["hardFork"]).lower()


def _cases_table(measures: dict[str, Measure]) -> Table:
    """Tell how each case stands to its goal, its floor and the peer."""
    table = Table(title="Gas per event, rounded up", title_justify="left")
    table.add_column("case", no_wrap=True)
    for heading in ("events", "gas/event", "goal", "floor", "× floor", "peer ×"):
        table.add_column(heading, justify="right")
    for heading in ("transaction", "21,000 + calldata", "execution", "bytes"):
        table.add_column(heading, justify="right", style="dim")
    for name, case in CASES.items():
        measure = measures[name]
        table.add_row(
            case.title,
            f"{measure.events:,}",
            f"{measure.per_event:,}",
            f"{case.goal:,}" if case.goal else "-",
            f"{case.floor:,}" if case.floor else "-",
            f"{measure.gas / measure.events / case.floor:.2f}" if case.floor else "-",
            f"{measures[case.peer].per_event / measure.per_event:.1f}",
            f"{measure.gas:,}",
            f"{measure.intrinsic:,}",
            f"{measure.execution:,}",
            f"{measure.calldata_bytes:,}",
        )
    return table


def _others_table(measures: dict[str, Measure]) -> Table:
    """Tell what all other operations cost."""
    table = Table(title="Other operations", title_justify="left")
    table.add_column("operation")
    for heading in ("events", "gas/event", "transaction", "21,000 + calldata", "execution"):
        table.add_column(heading, justify="right")
    for name, measure in measures.items():
        if name not in CASES:
            table.add_row(
                name.replace("_", " "),
                f"{measure.events:,}",
                f"{measure.per_event:,}",
                f"{measure.gas:,}",
                f"{measure.intrinsic:,}",
                f"{measure.execution:,}",
            )
    return table


if __name__ == "__main__":
    sys.exit(main())
