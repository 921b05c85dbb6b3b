"""What a transaction does to the network's contracts, by the model of tests/oracles/ledger."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ledger.deployment import Deployment
from tests.oracles.ledger.ledger import Ledger
from tests.oracles.ledger.refusal import Event, Refusal
from tests.oracles.ledger.registry import Registry
from tests.oracles.ledger.signature import Accounts
from tests.simulation.ledger.typed_data import separator
from tests.simulation.runtime.node.encoding import Words, read_call, write_error, write_event


class _RememberedAccounts(Accounts):
    """Keys without contract accounts; reorgs have the same signatures looked at again."""

    def signer(self, digest: bytes, signature: bytes) -> str | None:
        return _signer(digest, signature)


@lru_cache(8192)
def _signer(digest: bytes, signature: bytes) -> str | None:
    return Accounts().signer(digest, signature)


def new_ledger(council: str) -> Ledger:
    """Make the state of contracts that nobody has called yet."""
    ledger = Ledger(Registry(council.lower()))
    ledger.accounts = ledger.authority.accounts = _RememberedAccounts()
    return ledger


@dataclass(frozen=True)
class Outcome:
    """What became of a transaction; `facts` are its events as the model tells them."""

    address: str = ""
    logs: tuple[Words, ...] = ()
    facts: tuple[Event, ...] = ()
    problem: bytes | None = None


class Contracts:
    """The registry and the ledger; without state, which is a `Ledger`."""

    def __init__(self, deployment: Deployment) -> None:
        self.registry = deployment.registry.lower()
        self.order_ledger = deployment.order_ledger.lower()
        # The contract's own spelling of its address does not matter: it is encoded as a number.
        self._domain = separator(self.order_ledger, deployment.chain_id)
        self._names = {self.registry: "OrgRegistry", self.order_ledger: "OrderLedger"}

    def run(self, ledger: Ledger, caller: str, now: int, to: str, data: bytes) -> Outcome:
        """Let a call change the state, or change nothing and give its error."""
        name = self._names.get(to)
        if name is None:
            return Outcome()
        found = read_call(name, self._domain, data)
        if found is None:
            return Outcome(problem=b"")
        function, arguments = found
        side: Any = ledger if name == "OrderLedger" else ledger.registry
        method = getattr(side, re.sub("([A-Z])", r"_\1", function).lower())
        try:
            events = tuple(method(caller, now, *arguments))
        except Refusal as refusal:
            return Outcome(problem=write_error(refusal.told))
        return Outcome(to, tuple(map(write_event, events)), events)
