"""Plays one game and tells what it was made of.

python -m tests.simulation.ledger SEED ACTIONS
"""

import sys
import time

from tests.simulation.ledger.chain import chain
from tests.simulation.ledger.game import Game


def main(seed: int, actions: int) -> None:
    """Play, and write the report; a divergence ends it with its story."""
    started_s, used_s = time.monotonic(), time.process_time()
    with chain() as node:
        game = Game(node, seed)
        tally = game.play(actions)
    sys.stdout.write(
        f"{tally.report()}\n{game.words} storage words compared; seed {seed}: 0 divergences in "
        f"{time.monotonic() - started_s:.0f} s, {time.process_time() - used_s:.0f} s of them here\n"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
