"""Seeds to sail: a range for every run, and those kept because they once found something."""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

from tests.simulation.runtime.run import Shipwreck, sail
from tests.simulation.runtime.tally import Tally

KEPT = Path(__file__).resolve().parents[1] / "seeds" / "runtime.toml"
SEEDS = range(300)
PER_TEST = 10


@dataclass(frozen=True)
class Kept:
    """A voyage that once ended badly."""

    seed: int
    name: str
    lesson: str


def kept() -> list[Kept]:
    """Read the voyages that are kept."""
    found = tomllib.loads(KEPT.read_text(encoding="utf-8")).get("voyage", [])
    return [Kept(**each) for each in found]


def remembered(seed: int, folder: Path) -> Tally:
    """Sail a seed, or read what befell it when it was sailed in this run.

    Raises
    ------
    Shipwreck
        When it ends badly.
    """
    path = folder / f"{seed}.json"
    if path.is_file():
        return Tally(json.loads(path.read_text(encoding="utf-8")))
    tally = sail(seed)
    part = folder / f"{seed}.part"
    part.write_text(json.dumps(tally), encoding="utf-8")
    part.replace(path)
    return tally


def wrecks(seeds: range, folder: Path) -> list[str]:
    """Sail seeds; gives the stories of those that ended badly."""
    found = []
    for seed in seeds:
        try:
            remembered(seed, folder)
        except Shipwreck as wreck:
            found.append("\n".join([str(wreck), *wreck.__notes__]))
    return found
