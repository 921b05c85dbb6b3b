"""Who signs, in which form, and what goes wrong with it."""

import random
from dataclasses import dataclass
from typing import Any

from tests.oracles.ledger.authority import AGREE, RECORD
from tests.simulation.ledger.cast import DAY_S, Cast
from tests.simulation.ledger.keyring import Key, bent
from tests.simulation.ledger.typed_data import CHAIN_ID, digest, separator

FAR_FUTURE_S = 2**64 - 1
Signed = tuple[dict[str, Any], bytes]


@dataclass
class Sender:
    """Who sends a transaction: a key of a member for itself, or anybody for others."""

    address: str
    via: str = ""
    organisation: int = 0

    @property
    def caller(self) -> str:
        return self.via or self.address


class Notary:
    """Gives intents a deadline, a nonce and a signature; most are good."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.rng: random.Random = cast.rng
        self.domain = separator(cast.duel.addresses["OrderLedger"])
        self.deadlines: list[int] = []
        self.given: list[int] = []

    def sender(self, organisation: int, permission: int) -> Sender:
        """Pick who sends a transaction that is about a member."""
        able = self.cast.able(organisation, permission)
        if able and self.rng.random() < 0.25:
            key = self.rng.choice(able)
            return sent_by(key, organisation)
        return Sender(self.rng.choice(self.cast.outsiders).own_address)

    def signed(self, kind: str, fields: dict[str, Any], sender: Sender) -> Signed:
        """Complete an intent."""
        permission = AGREE if kind == "AgreementStep" else RECORD
        fields = fields | {
            "deadline": self._deadline(),
            "nonce": self._nonce(fields["organisation"]),
            "manifest": self.rng.choice((bytes(32), self.rng.randbytes(32))),
        }
        fields["digest"] = digest(self.domain, kind, fields)
        return fields, self._signature(kind, fields, permission, sender)

    def _deadline(self) -> int:
        now, rng = self.cast.duel.now, self.rng
        if rng.random() < 0.02:
            return rng.choice((0, now - 1, now, now))
        if rng.random() < 0.75:
            return FAR_FUTURE_S
        deadline = now + rng.choice((1, 2, rng.randrange(1, 60), rng.randrange(1, DAY_S)))
        self.deadlines.append(deadline)
        return deadline

    def _nonce(self, organisation: int) -> int:
        rng = self.rng
        used = self.cast.duel.ledger.authority.nonces
        if rng.random() < 0.015 and self.given:
            return rng.choice(self.given[-100:])
        if rng.random() < 0.05:
            return rng.choice((0, 255, 256, 2**256 - 1, rng.randrange(2**256)))
        nonce = rng.randrange(2**20)
        while (organisation, nonce) in used:
            nonce += 1
        self.given.append(nonce)
        return nonce

    def _signature(
        self, kind: str, fields: dict[str, Any], permission: int, sender: Sender
    ) -> bytes:
        rng, cast = self.rng, self.cast
        organisation = fields["organisation"]
        able = cast.able(organisation, permission)
        chance = rng.random()
        if chance < 0.90 and able:
            if sender.organisation == organisation and rng.random() < 0.7:
                return b""
            return rng.choice(able).sign(fields["digest"])
        if chance < 0.93:
            mine = cast.firms.get(organisation)
            return (rng.choice(mine.keys) if mine else cast.anybody()).sign(fields["digest"])
        if chance < 0.945:
            return cast.anybody().sign(fields["digest"])
        if chance < 0.96:
            return self._foreign(kind, fields)
        if chance < 0.965:
            return b""
        if chance < 0.98:
            return self._by_account(fields["digest"])
        return bent(rng, cast.anybody().sign(fields["digest"]))

    def _foreign(self, kind: str, fields: dict[str, Any]) -> bytes:
        """Sign for another contract or chain, or sign something else."""
        ledger = self.cast.duel.addresses["OrderLedger"]
        registry = self.cast.duel.addresses["OrgRegistry"]
        domain = self.rng.choice((separator(registry), separator(ledger, CHAIN_ID + 1)))
        other = self.rng.choice(
            (
                digest(domain, kind, fields),
                digest(self.domain, kind, fields | {"nonce": fields["nonce"] ^ 1}),
                digest(self.domain, kind, fields | {"organisation": fields["organisation"] ^ 1}),
            )
        )
        return self.cast.firms.get(fields["organisation"], self.cast.firms[1]).keys[0].sign(other)

    def _by_account(self, signed: bytes) -> bytes:
        """Let some contract account answer, for a proof that may be nobody's."""
        rng, cast = self.rng, self.cast
        accounts = [*cast.duel.ledger.accounts.rulers, cast.anybody().own_address]
        account = bytes.fromhex(rng.choice(accounts)[2:])
        plain = cast.anybody().sign_plainly(signed)
        return account + rng.choice((b"", plain, bent(rng, plain), rng.randbytes(9))) + b"\0"


def sent_by(key: Key, organisation: int) -> Sender:
    """Let a key send, through the account that it rules if there is one."""
    return Sender(key.own_address, key.account if key.is_ruled else "", organisation)
