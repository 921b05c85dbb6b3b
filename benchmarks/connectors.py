"""How much of the public documents is understood and comes back whole, and how fast.

Every document of the corpus beside the repository is read as the inbox reads it: it becomes typed
documents, or is refused with places. X12 and EDIFACT are tokenised and read on the golden orders
of the repository, UBL on the example; beside them on the same bytes pydifact, loops over
characters, and lxml alone. Speeds are of one core: medians of several runs, the extremes behind
them. Without the corpus, its figures are null.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from benchmarks._commit import commit_measured
from benchmarks.connecting import corpus, speed

IS_QUICK: Final = os.environ.get("QUICK") == "1"
MEGABYTES, DOCUMENTS, RUNS = (4.0, 200, 3) if IS_QUICK else (16.0, 1_000, 7)
LISTED_MAX: Final = 12
SCHEMATRON: Final = "benchmarks.connecting.schematron"

Rates = dict[str, tuple[float, float, float]]
console = Console(width=120, highlight=False)


def main() -> int:
    """Measure and print; fail when a document crashes a connector or is refused without a place."""
    commit = commit_measured()
    tally = corpus.survey() if corpus.CORPUS.is_dir() else None
    if tally is not None:
        _print_corpus(tally)
    tokenised = dict(speed.tokenising(MEGABYTES, RUNS))
    _print_rates("tokenised", "MB/s", tokenised)
    typed = dict(speed.typed(DOCUMENTS, RUNS))
    _print_rates("typed", "documents/s", typed)
    ratio, per_s = _schematron()
    print(f"{_processor()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"Python {platform.python_version()}; commit {commit}")
    figures = {
        **_of_corpus(tally),
        "ubl_per_s": round(typed["ubl order to commitment input"][0]),
        "edi_mb_per_s": round(min(tokenised[name][0] for name in speed.OURS), 1),
        "schematron_ratio": ratio,
        "schematron_per_s": per_s,
    }
    print(json.dumps(figures))
    return 1 if tally is not None and (tally.crashes or tally.unlocated) else 0


def _of_corpus(tally: corpus.Tally | None) -> dict[str, Any]:
    if tally is None:
        names = "files crashes unlocated valid_mapped_ratio"
        return dict.fromkeys(
            [*names.split(), "roundtrip_x12", "roundtrip_edifact", "roundtrip_xml"]
        )
    return {
        "files": tally.files,
        "crashes": len(tally.crashes),
        "unlocated": len(tally.unlocated),
        "valid_mapped_ratio": _rounded(tally.valid_mapped_ratio),
        "roundtrip_x12": _rounded(tally.roundtrip("x12")),
        "roundtrip_edifact": _rounded(tally.roundtrip("edifact")),
        "roundtrip_xml": _rounded(tally.roundtrip("ubl", "cxml")),
    }


def _rounded(ratio: float | None) -> float | None:
    return None if ratio is None else round(ratio, 4)


def _schematron() -> tuple[float | None, float | None]:
    """Measure the validation by Schematron where its artefacts are installed."""
    if find_spec(SCHEMATRON) is None:
        return None, None
    found: tuple[float, float] | None = import_module(SCHEMATRON).measure(IS_QUICK)
    return found or (None, None)


def _print_corpus(tally: corpus.Tally) -> None:
    outcomes = ("documents", "receipts", "refused")
    table = Table("format", *outcomes, title="public documents")
    for group in sorted({group for group, _ in tally.outcomes}):
        counts = [str(tally.outcomes[group, each]) for each in outcomes]
        table.add_row(group, *counts)
    console.print(table)
    table = Table("message", "valid", "mapped", title="valid messages of the order family")
    for kind in sorted({kind for kind, _ in tally.mapped}):
        good, bad = tally.mapped[kind, True], tally.mapped[kind, False]
        table.add_row(kind, str(good + bad), str(good))
    console.print(table)
    lists = {
        "crashed": tally.crashes,
        "refused without a place": tally.unlocated,
        "slower than a second, and a second for each megabyte": tally.slow,
        "valid and not mapped": tally.unmapped,
        "not given back as sent": tally.changed,
    }
    for title, names in lists.items():
        for name in names[: None if not IS_QUICK else LISTED_MAX]:
            print(f"{title}: {name}")


def _print_rates(title: str, unit: str, rates: Rates) -> None:
    table = Table(title, unit, "least", "most", title=f"{title}, one core")
    for name, found in rates.items():
        digits = 1 if found[0] < 100 else 0
        table.add_row(name, *(f"{each:,.{digits}f}" for each in found))
    console.print(table)


def _processor() -> str:
    """Name the processor, where the system tells."""
    info = Path("/proc/cpuinfo")
    told = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in told if line.startswith("model name")]
    return names[0] if names else platform.machine()


if __name__ == "__main__":
    sys.exit(main())
