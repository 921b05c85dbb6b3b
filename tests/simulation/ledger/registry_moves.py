"""Transactions of the registry: keys come, go and expire; members are silenced and heard again."""

from collections.abc import Callable
from typing import Any

from tests.oracles.ledger.registry import ADMINISTER, NOBODY
from tests.simulation.ledger.call import Call
from tests.simulation.ledger.cast import DAY_S, Cast, Firm
from tests.simulation.ledger.keyring import Key, drawn
from tests.simulation.ledger.signing import sent_by

MEMBERS_MAX = 24
SUSPENDED_MAX = 1
KEYS_MAX = 12


class RegistryMoves:
    """Makes changes of the registry up, by those who may and by those who may not."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.rng = cast.rng
        self.registry = cast.duel.ledger.registry
        self.expiries: list[int] = []

    def change(self) -> Call:
        """Make up one change."""
        moves: list[Callable[[], Call]] = [
            self._key, self._encryption_key, self._endpoint, self._suspension,
            self._roles, self._admission, self._office,
        ]  # fmt: skip
        return self.rng.choices(moves, (12, 1, 1, 4, 1, 1, 1))[0]()

    def _key(self) -> Call:
        rng = self.rng
        firm = self._firm()
        key = rng.choice([*firm.keys[1:], None]) or self._new_key(firm)
        if rng.random() < 0.1:
            # One key may speak for several members, each by itself.
            key = self.cast.anybody()
            firm.keys.append(key)
        now = self.cast.duel.now
        expires_at = rng.choice((0, 0, now, now + 1, now + rng.randrange(1, 300), now + DAY_S))
        expires_at = rng.choice((expires_at, 0, now + 60 * DAY_S))
        permissions = rng.choice((0, 1, 2, 3, 3, 7, 11, 15, 15, 2**32 - 1))
        self.expiries.append(expires_at)
        address = self.cast.address(key)
        if rng.random() < 0.04:
            address = rng.choice((NOBODY, rng.choice(self.cast.outsiders).own_address))
            permissions = 0
        return self._by_member("setKey", firm, (address, permissions, expires_at))

    def _new_key(self, firm: Firm) -> Key:
        if len(firm.keys) > KEYS_MAX:
            del firm.keys[self.rng.randrange(1, len(firm.keys))]
        firm.keys.append(self.cast.new_key())
        return firm.keys[-1]

    def _encryption_key(self) -> Call:
        key = self.rng.choice((self.rng.randbytes(32), self.rng.randbytes(32), bytes(32)))
        return self._by_member("setEncryptionKey", self._firm(), (key,))

    def _endpoint(self) -> Call:
        return self._by_member("setEndpoint", self._firm(), ("z" * self.rng.randrange(70),))

    def _suspension(self) -> Call:
        silenced = [n for n, member in self.registry.members.items() if member.is_suspended]
        if silenced and (len(silenced) >= SUSPENDED_MAX or self.rng.random() < 0.6):
            return self._by_council("setSuspended", (self.rng.choice(silenced), False))
        return self._by_council("setSuspended", (self._number(), self.rng.random() < 0.9))

    def _roles(self) -> Call:
        return self._by_council("setRoles", (self._number(), self.rng.randrange(2**32)))

    def _admission(self) -> Call:
        rng = self.rng
        key = drawn(rng)
        encryption_key, first_key = rng.randbytes(32), key.own_address
        if len(self.registry.members) >= MEMBERS_MAX or rng.random() < 0.3:
            encryption_key, first_key = rng.choice(
                ((bytes(32), first_key), (encryption_key, NOBODY))
            )
        name, endpoint = "é" * rng.randrange(40), "w" * rng.randrange(40)
        arguments = (rng.randrange(2**32), name, endpoint, encryption_key, first_key)
        call = self._by_council("admit", arguments)
        is_valid = encryption_key != bytes(32) and first_key != NOBODY
        if is_valid and call.caller == self.registry.council:
            number = len(self.registry.members) + 1
            self.cast.firms[number] = Firm(number, [key])
        return call

    def _office(self) -> Call:
        rng, offices = self.rng, self.cast.councils
        function = rng.choice(("transferOwnership", "acceptOwnership", "renounceOwnership"))
        if function == "transferOwnership":
            return self._by_council(function, (rng.choice([*offices, NOBODY]),))
        return Call("OrgRegistry", function, (), rng.choice(offices))

    def _firm(self) -> Firm:
        return self.rng.choice(list(self.cast.firms.values()))

    def _number(self) -> int:
        if self.rng.random() < 0.06:
            return self.rng.choice((0, len(self.registry.members) + 1, 2**32 - 1))
        return self._firm().number

    def _by_member(self, function: str, firm: Firm, arguments: tuple[Any, ...]) -> Call:
        rng, now = self.rng, self.cast.duel.now
        able = [
            key
            for key in firm.keys
            if self.registry.held(firm.number, self.cast.address(key), now) & ADMINISTER
        ]
        # A member may have taken the right from its last key.
        is_able = bool(able) and rng.random() < 0.85
        key = rng.choice(able if is_able else [self.cast.anybody(), *firm.keys])
        sender = sent_by(key, firm.number)
        number = firm.number if rng.random() < 0.97 else self._number()
        return Call("OrgRegistry", function, (number, *arguments), sender.address, sender.via)

    def _by_council(self, function: str, arguments: tuple[Any, ...]) -> Call:
        sender = self.registry.council
        if self.rng.random() < 0.1:
            sender = self.rng.choice([*self.cast.councils, self.cast.anybody().own_address])
        return Call("OrgRegistry", function, arguments, sender)
