"""One voyage from harbour to judgement."""

import asyncio
import shutil
import tempfile
from pathlib import Path

from tests.simulation.runtime.calm import alone
from tests.simulation.runtime.clock import Clock
from tests.simulation.runtime.harbour import founded
from tests.simulation.runtime.oracle import judge
from tests.simulation.runtime.tally import Tally
from tests.simulation.runtime.voyage import Voyage

STEPS_MIN, STEPS_MAX = 15, 70
MEMORY = Path("/dev/shm")


class Shipwreck(AssertionError):
    """A voyage ended as none may."""


def sail(seed: int) -> Tally:
    """Sail a voyage and judge it; gives what befell it.

    Raises
    ------
    Shipwreck
        When something was lost, doubled or made up; its notes tell the voyage.
    """
    founded()
    clock = Clock()
    folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
    try:
        with clock.running():
            return alone(_sail(seed, folder, clock))
    finally:
        shutil.rmtree(folder)


async def _sail(seed: int, folder: Path, clock: Clock) -> Tally:
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
    voyage = Voyage(seed, folder, clock)
    try:
        await voyage.sail(voyage.rng.randint(STEPS_MIN, STEPS_MAX))
        voyage.log.append("home")
        await voyage.come_home()
        await judge(voyage)
    except Exception as problem:
        wreck = Shipwreck(f"seed {seed}: {type(problem).__name__}: {problem}")
        wreck.add_note("\n".join(voyage.log))
        raise wreck from problem
    finally:
        await voyage.close()
    return voyage.tally
