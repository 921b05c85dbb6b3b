"""What was acknowledged is on chain exactly once, whatever fails and dies on the way.

``python -m tests.simulation.runtime`` sails more seeds; those that ended badly are kept in
tests/simulation/seeds/runtime.toml.
"""

import sys
from pathlib import Path

import pytest

from tests.simulation.runtime.expected import EVERYTHING
from tests.simulation.runtime.run import sail
from tests.simulation.runtime.seeds import PER_TEST, SEEDS, Kept, kept, remembered, wrecks
from tests.simulation.runtime.tally import summed


@pytest.fixture(scope="session")
def logbook(tmp_path_factory: pytest.TempPathFactory, testrun_uid: str) -> Path:
    """A folder that all workers of a run share."""
    folder = tmp_path_factory.getbasetemp().parent / f"voyages-{testrun_uid}"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.mark.parametrize("start", SEEDS[::PER_TEST], ids=lambda start: f"from-{start}")
def test_nothing_acknowledged_is_lost_or_doubled(start: int, logbook: Path) -> None:
    found = wrecks(range(start, start + PER_TEST), logbook)
    assert not found, "\n\n".join(found)


@pytest.mark.parametrize("voyage", kept(), ids=lambda voyage: voyage.name)
def test_voyages_that_once_ended_badly_end_well(voyage: Kept) -> None:
    assert sail(voyage.seed), voyage.lesson


@pytest.mark.timeout(600)
def test_every_fault_and_every_boundary_is_met(
    logbook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    total = summed(remembered(seed, logbook) for seed in SEEDS)
    with capsys.disabled():
        sys.stderr.write(f"\nwhat befell {len(SEEDS)} voyages:\n{total.report()}\n")
    assert EVERYTHING - total.keys() == frozenset()
