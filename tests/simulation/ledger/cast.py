"""Who takes part: organisations with keys of all kinds, contract accounts, outsiders."""

import random
from dataclasses import dataclass, field

from tests.oracles.ledger.registry import EVERYTHING
from tests.oracles.ledger.table import SEATS
from tests.simulation.ledger.call import Call
from tests.simulation.ledger.duel import Duel
from tests.simulation.ledger.keyring import Key, drawn

HOUR_S = 3600
DAY_S = 24 * HOUR_S
FIRST_MEMBERS = 8


@dataclass
class Firm:
    """One organisation; the first of its keys keeps every permission."""

    number: int
    keys: list[Key]


@dataclass
class Cast:
    """Everybody who may send or sign something, the right and the wrong."""

    duel: Duel
    rng: random.Random
    firms: dict[int, Firm] = field(default_factory=dict)
    outsiders: list[Key] = field(default_factory=list)
    councils: list[str] = field(default_factory=list)

    def address(self, key: Key) -> str:
        """Name a key as the registry does."""
        return key.account or key.own_address

    def able(self, organisation: int, permission: int) -> list[Key]:
        """List the keys that may do something for an organisation now."""
        registry = self.duel.ledger.registry
        if organisation not in self.firms:
            return []
        return [
            key
            for key in self.firms[organisation].keys
            if registry.permissions(organisation, self.address(key), self.duel.now) & permission
        ]

    def anybody(self) -> Key:
        """Pick any key at all."""
        firm = self.rng.choice(list(self.firms.values()))
        return self.rng.choice([*firm.keys, *self.outsiders])

    def new_key(self) -> Key:
        """Make a key, sometimes one with a contract account before it."""
        key = drawn(self.rng)
        if self.rng.random() < 0.25:
            return Key(key.secret, self.duel.add_account(key.own_address))
        return key

    def addresses(self) -> list[str]:
        """List everybody's address."""
        keys = [key for firm in self.firms.values() for key in firm.keys] + self.outsiders
        return [self.address(key) for key in keys] + list(self.duel.ledger.accounts.rulers)


def gathered(duel: Duel, rng: random.Random) -> Cast:
    """Admit the first members, each with a few keys."""
    cast = Cast(duel, rng)
    cast.councils = [duel.deployer, drawn(rng).own_address]
    cast.outsiders = [drawn(rng) for _ in range(2)]
    for _ in range(FIRST_MEMBERS):
        admit(cast)
    for firm in cast.firms.values():
        furnish(cast, firm)
    # An account that says yes to everything is as good as a key that everybody has.
    talkative = next(iter(duel.ledger.accounts.rulers))
    give(cast, cast.firms[1], Key(drawn(rng).secret, talkative, is_ruled=False), EVERYTHING, 0)
    return cast


def admit(cast: Cast) -> None:
    """Admit one more member."""
    duel, rng = cast.duel, cast.rng
    key = drawn(rng)
    name = "Firm " + "x" * rng.randrange(40)
    arguments = (rng.randrange(256), name, "http://" + "y" * rng.randrange(40), rng.randbytes(32))
    call = Call("OrgRegistry", "admit", (*arguments, key.own_address), duel.ledger.registry.council)
    duel.play(call)
    number = len(duel.ledger.registry.members)
    cast.firms[number] = Firm(number, [key])


def furnish(cast: Cast, firm: Firm) -> None:
    """Give a member one key of each kind."""
    now = cast.duel.now
    for permissions, expires_at in (
        (1, 0),
        (3, 0),
        (2, 0),
        (12, 0),
        (15, now + cast.rng.randrange(DAY_S)),
        (3, now + 90 * DAY_S),
        (2**32 - 1, 0),
    ):
        give(cast, firm, cast.new_key(), permissions, expires_at)


def give(cast: Cast, firm: Firm, key: Key, permissions: int, expires_at: int) -> None:
    """Let a member's first key give another one permissions."""
    arguments = (firm.number, cast.address(key), permissions, expires_at)
    sender = firm.keys[0].own_address
    cast.duel.play(Call("OrgRegistry", "setKey", arguments, sender))
    if key not in firm.keys:
        firm.keys.append(key)


def drawn_seats(rng: random.Random, proposer: int, members: int) -> tuple[int, ...]:
    """Seat members so that an agreement between them may be proposed."""
    buyer, seller, carrier, inspector, arbiter = rng.sample(range(1, members + 1), len(SEATS))
    seats = [buyer, seller]
    seats.append(rng.choice((0, carrier, carrier, buyer, seller)))
    seats.append(rng.choice((0, inspector, inspector, buyer)))
    seats.append(rng.choice((0, arbiter, arbiter, arbiter)))
    if proposer not in seats:
        seats[rng.randrange(2)] = proposer
    return tuple(seats)
