"""One transaction, as both sides are given it."""

import re
from dataclasses import dataclass
from typing import Any

from eth_abi.abi import encode

from tests.oracles.ledger.ledger import Ledger
from tests.oracles.ledger.refusal import Event, Refusal
from tests.simulation.ledger.binary import Told, encode_call
from tests.simulation.ledger.typed_data import values

KINDS = {"submit": "Batch", "submitIntents": "Intent", "agree": "AgreementStep"}
SHORT_GAS = 115_000
"""Enough to come to the question to a contract account, too little to ask it."""


@dataclass(frozen=True)
class Outcome:
    """What became of a transaction: its events, or the error that undid it."""

    events: tuple[Event, ...] = ()
    error: Told | None = None


@dataclass(frozen=True)
class Call:
    """A transaction.

    Parameters
    ----------
    arguments
        As Solidity names and orders them; what is signed as a dictionary with its `digest`.
    via
        The contract account that calls, if it is not the sender.
    spoilt
        Place of a word in the calldata whose highest bit is to be set, beyond its type.
    """

    contract: str
    function: str
    arguments: tuple[Any, ...]
    sender: str
    via: str = ""
    is_gas_short: bool = False
    spoilt: int | None = None

    @property
    def caller(self) -> str:
        return self.via or self.sender

    def data(self, target: str) -> bytes:
        """Write the calldata."""
        if self.function == "agree":
            step, signature = self.arguments
            arguments: tuple[Any, ...] = (values("AgreementStep", step), signature)
        elif self.function in KINDS:
            said, signatures = self.arguments
            arguments = ([values(KINDS[self.function], one) for one in said], signatures)
        else:
            arguments = self.arguments
        data = encode_call(self.contract, self.function, arguments)
        if self.spoilt is not None:
            place = 4 + 32 * self.spoilt
            data = data[:place] + bytes([data[place] | 0x80]) + data[place + 1 :]
        if self.via:
            data = encode_call("OwnedAccount", "execute", (target, data))
        return data

    def ask(self, ledger: Ledger, now: int) -> Outcome:
        """Ask the model what must become of it."""
        side: Any = ledger if self.contract == "OrderLedger" else ledger.registry
        method = getattr(side, re.sub("([A-Z])", r"_\1", self.function).lower())
        ledger.accounts.is_gas_short = self.is_gas_short
        try:
            if self.spoilt is not None:
                raise Refusal("")
            return Outcome(tuple(method(self.caller, now, *self.arguments)))
        except Refusal as refusal:
            if self.via:
                return Outcome(error=("Error", ("OwnedAccount: the call failed",)))
            return Outcome(error=refusal.told)


def constructed(code: bytes, *addresses: str) -> bytes:
    """Write the creation of a contract that takes addresses."""
    return code + encode(["address"] * len(addresses), list(addresses))
