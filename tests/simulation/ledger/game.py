"""A game of so many random actions: the same seed, the same game."""

import random

from tests.simulation.ledger.call import Call
from tests.simulation.ledger.cast import DAY_S, Cast, gathered
from tests.simulation.ledger.chain import Chain
from tests.simulation.ledger.duel import Duel
from tests.simulation.ledger.keyring import drawn
from tests.simulation.ledger.moves import Moves
from tests.simulation.ledger.registry_moves import RegistryMoves
from tests.simulation.ledger.tally import Tally
from tests.simulation.ledger.wish import EDGES

BLOCK = 6
"""How many transactions share a block, on average."""

LOOK_EVERY = 8
WORDS_EVERY = 40
STORAGE_EVERY = 300
AT_LEAST = 4
"""How many agreements are in force at least; more are brought there at once."""

RERUN = "GAME_SEED={} GAME_ACTIONS={} .venv/bin/python -m pytest tests/simulation/ledger"


class Game:
    """Plays transactions until enough actions were tried."""

    def __init__(self, chain: Chain, seed: int) -> None:
        self.seed = seed
        self.rng = random.Random(seed)
        self.duel = Duel(chain, drawn(self.rng).own_address)
        self.cast: Cast = gathered(self.duel, self.rng)
        self.moves = Moves(self.cast)
        self.registry_moves = RegistryMoves(self.cast)
        self.tally = Tally()
        self.moves.wisher.recorded = self.tally.recorded
        self.blocks = 0
        self.is_stuck = False
        self.words = 0

    def play(self, actions: int) -> Tally:
        """Play at least so many actions.

        Raises
        ------
        Divergence
            When chain and model differ; its notes say after what, and how to see it again.
        """
        try:
            while self.tally.actions < actions:
                self._wait()
                for _ in range(self.rng.randrange(1, 2 * BLOCK)):
                    call = self._next()
                    outcome = self.duel.play(call)
                    # Who has to sign may be silenced: others must move before it is tried again.
                    self.is_stuck = call.function == "agree" and outcome.error is not None
                    self.tally.add(call, outcome)
                self.duel.settle()
                self.blocks += 1
                self._compare()
            self.duel.compare_storage()
            self.duel.compare_members(self.cast.addresses())
        except Exception as problem:
            problem.add_note(
                f"seed {self.seed}, transaction {self.tally.transactions}, "
                f"action {self.tally.actions}, time {self.duel.now}"
            )
            problem.add_note(f"again: {RERUN.format(self.seed, self.tally.actions + 1)}")
            raise
        return self.tally

    def _next(self) -> Call:
        rng = self.rng
        if rng.random() < 0.003:
            self.duel.dismiss_owner(self._account())
        if not self.is_stuck and len(self.moves.steps.in_force()) < AT_LEAST:
            return self.moves.found()
        kinds = (self.moves.submit, self.moves.submit_intents, self.moves.agree)
        (move,) = rng.choices([*kinds, self.registry_moves.change], (38, 22, 30, 10))
        return move()

    def _account(self) -> str:
        keys = [key for firm in self.cast.firms.values() for key in firm.keys]
        return self.rng.choice([key.account for key in keys if key.account and key.is_ruled])

    def _wait(self) -> None:
        """Let time pass: seconds mostly, now and then up to a moment at which something ends."""
        rng, duel = self.rng, self.duel
        if rng.random() < 0.1:
            table = duel.ledger.agreements.table.values()
            notices = [agreement.ends_at for agreement in table]
            kinds = (self.moves.notary.deadlines, self.registry_moves.expiries, notices, notices)
            moments = rng.choice(kinds)
            soon = [one for one in moments if duel.now < one < duel.now + 100 * DAY_S]
            if soon and rng.random() < 0.97:
                near = min(soon) if rng.random() < 0.8 else rng.choice(soon)
                duel.now = max(duel.now, near + rng.choice((-1, 0, 0, 1)))
                return
        duel.now += rng.choice((0, 1, 1, 2, rng.randrange(1, 20)))

    def _compare(self) -> None:
        done = self.blocks
        if done % LOOK_EVERY == 0:
            self.duel.compare_members(self.rng.sample(self.cast.addresses(), 6))
            steps = self.moves.steps
            agreements = self.rng.sample(steps.proposed[-10:], min(2, len(steps.proposed)))
            front = self.moves.wisher.fronts.get(agreements[0], 0)
            self.duel.compare_views([*agreements, 0], [*EDGES, *range(front, front + 6)])
            given = self.moves.notary.given[-5:]
            firms = list(self.cast.firms)
            self.duel.compare_nonces([(self.rng.choice(firms), nonce) for nonce in given])
        if done % WORDS_EVERY == 0:
            self.words = self.duel.compare_words()
        if done % STORAGE_EVERY == 0:
            self.duel.compare_storage()
