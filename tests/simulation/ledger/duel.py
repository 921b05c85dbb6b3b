"""The contracts and the model, given the same transactions and compared on each."""

from collections.abc import Sequence
from typing import Any

from ledger.contracts_artifact import load_contract
from tests.oracles.ledger.ledger import Ledger
from tests.oracles.ledger.registry import Registry
from tests.oracles.ledger.signature import ANYTHING, NOTHING
from tests.oracles.ledger.table import SEATS, index_of
from tests.simulation.ledger.binary import (
    decode_answer,
    decode_error,
    decode_events,
    encode_call,
)
from tests.simulation.ledger.call import SHORT_GAS, Call, Outcome, constructed
from tests.simulation.ledger.chain import GAS, GENESIS_S, Chain
from tests.simulation.ledger.storage import expected_words

FIXED_ACCOUNTS = {
    "TalkativeAccount": ANYTHING,
    "SlowAccount": ANYTHING,
    "TerseAccount": NOTHING,
    "RevertingAccount": NOTHING,
    "WritingAccount": NOTHING,
    "BurningAccount": NOTHING,
}
"""The contract accounts of contracts/mocks/Accounts.sol that always answer the same."""


class Divergence(AssertionError):
    """Chain and model do not say the same."""


class Duel:
    """A registry and a ledger on a chain, and the model of both."""

    def __init__(self, chain: Chain, deployer: str) -> None:
        self.chain = chain
        self.deployer = deployer
        self.now = GENESIS_S + 1
        self._open: list[tuple[Call, str, Outcome]] = []
        self.ledger = Ledger(Registry(deployer))
        registry = self._deploy("OrgRegistry", deployer)
        self.addresses = {"OrgRegistry": registry}
        self.addresses["OrderLedger"] = self._deploy("OrderLedger", registry)
        for name, answer in FIXED_ACCOUNTS.items():
            self.ledger.accounts.rulers[self._deploy(name)] = answer

    def add_account(self, owner: str) -> str:
        """Create a contract account that a key rules."""
        account = self._deploy("OwnedAccount", owner)
        self.ledger.accounts.rulers[account] = owner
        return account

    def dismiss_owner(self, account: str) -> None:
        """Let an account say no from now on."""
        self.settle()
        data = encode_call("OwnedAccount", "dismissOwner", [])
        (receipt,) = self.chain.mine(self.now, [self.chain.post(self.deployer, account, data)])
        assert receipt["status"] == "0x1"
        self.ledger.accounts.rulers[account] = NOTHING

    def play(self, call: Call) -> Outcome:
        """Hand a transaction to the chain and ask the model; gives what the model says."""
        target = self.addresses[call.contract]
        gas = SHORT_GAS if call.is_gas_short else GAS
        tx_hash = self.chain.post(call.sender, call.via or target, call.data(target), gas)
        expected = call.ask(self.ledger, self.now)
        self._open.append((call, tx_hash, expected))
        return expected

    def settle(self) -> None:
        """Make a block of all that was played since the last one, and compare what it says.

        Raises
        ------
        Divergence
            When chain and model answer differently.
        """
        if not self._open:
            return
        receipts = self.chain.mine(self.now, [tx_hash for _, tx_hash, _ in self._open])
        for place, (receipt, (call, tx_hash, expected)) in enumerate(
            zip(receipts, self._open, strict=True)
        ):
            told = self._told(call, tx_hash, receipt)
            if told != expected:
                divergence = Divergence(difference(told, expected))
                divergence.add_note(f"transaction {place} of the last {len(receipts)}: {call}")
                raise divergence
        self._open.clear()

    def compare_words(self) -> int:
        """Compare all of the ledger's storage that the model knows of, and say how much it is."""
        self.settle()
        expected = expected_words(self.ledger)
        slots = list(expected)
        read = self.chain.words(self.addresses["OrderLedger"], slots)
        _need_equal("storage", dict(zip(slots, read, strict=True)), expected)
        return len(slots)

    def compare_storage(self) -> None:
        """Compare the ledger's storage as a whole, so that nothing else can have changed."""
        self.compare_words()
        stored = self.chain.storage(self.addresses["OrderLedger"])
        _need_equal("whole storage", stored, expected_words(self.ledger))

    def compare_members(self, keys: Sequence[str]) -> None:
        """Compare every member, and what each of these keys may do for it."""
        registry = self.ledger.registry
        (count,) = self._look("OrgRegistry", "organisationCount", [()])
        _need_equal("count of members", count, (len(registry.members),))
        (council,) = self._look("OrgRegistry", "owner", [()])
        _need_equal("council", council, (registry.council,))
        numbers = [*registry.members, 0, len(registry.members) + 1]
        shown = self._look("OrgRegistry", "organisationOf", [(number,) for number in numbers])
        _need_equal("members", shown, [(self._member(number),) for number in numbers])
        roles = self._look("OrgRegistry", "rolesOf", [(number,) for number in numbers])
        _need_equal("roles", roles, [(registry.roles(number),) for number in numbers])
        pairs = [(number, key) for number in numbers for key in keys]
        held = self._look("OrgRegistry", "permissionsOf", pairs)
        _need_equal(
            "permissions",
            dict(zip(pairs, held, strict=True)),
            {pair: (registry.permissions(*pair, self.now),) for pair in pairs},
        )

    def compare_views(self, agreements: Sequence[int], numbers: Sequence[int]) -> None:
        """Compare what the ledger's views show of agreements, orders and deliveries."""
        model = self.ledger
        shown = self._look("OrderLedger", "agreementOf", [(one,) for one in agreements])
        _need_equal("agreements", shown, [(self._agreement(one),) for one in agreements])
        pairs = [(agreement, number) for agreement in agreements for number in numbers]
        orders = self._look("OrderLedger", "orderState", pairs)
        expected = [(index_of("order", model.orders.state(*pair)),) for pair in pairs]
        _need_equal("orders", orders, expected)
        deliveries = self._look("OrderLedger", "deliveryState", pairs)
        states = [index_of("delivery", model.deliveries.state(*pair)) for pair in pairs]
        links = [model.deliveries.links.get(pair, 0) for pair in pairs]
        _need_equal("deliveries", deliveries, list(zip(states, links, strict=True)))

    def compare_nonces(self, nonces: Sequence[tuple[int, int]]) -> None:
        """Compare whether organisations have used nonces."""
        used = self._look("OrderLedger", "isNonceUsed", nonces)
        _need_equal("nonces", used, [(one in self.ledger.authority.nonces,) for one in nonces])

    def _told(self, call: Call, tx_hash: str, receipt: dict[str, Any]) -> Outcome:
        if receipt["status"] == "0x1":
            events = list(decode_events(receipt["logs"]))
            tellers = {teller for teller, _ in events}
            _need_equal("who told", tellers - {self.addresses[call.contract]}, set())
            return Outcome(tuple(event for _, event in events))
        assert receipt["logs"] == []
        name, arguments = decode_error(self.chain.reason(tx_hash))
        if name == "IntentGasTooLow":
            left, needed = arguments
            arguments = ("less" if left < needed else left, needed)
        return Outcome(error=(name, arguments))

    def _deploy(self, name: str, *addresses: str) -> str:
        self.settle()
        code = constructed(load_contract(name).bytecode, *addresses)
        return self.chain.deploy(self.deployer, code, self.now)

    def _look(
        self, contract: str, view: str, asked: Sequence[tuple[Any, ...]]
    ) -> list[tuple[Any, ...]]:
        self.settle()
        questions = [encode_call(contract, view, arguments) for arguments in asked]
        answers = self.chain.look(self.addresses[contract], questions)
        return [decode_answer(contract, view, answer) for answer in answers]

    def _member(self, number: int) -> tuple[Any, ...]:
        member = self.ledger.registry.members.get(number)
        if member is None:
            return (0, False, 0, bytes(32), "", "")
        return (
            member.roles,
            member.is_suspended,
            member.encryption_epoch,
            member.encryption_key,
            member.name,
            member.endpoint,
        )

    def _agreement(self, number: int) -> tuple[Any, ...]:
        agreement = self.ledger.agreements.of(number)
        return (
            tuple(agreement.seats[seat] for seat in SEATS),
            index_of("agreement", agreement.state),
            agreement.unsigned_bits,
            agreement.notice_days,
            agreement.ends_at,
            agreement.terms,
            agreement.proposed_terms,
        )


def difference(told: Outcome, expected: Outcome) -> str:
    """Say where two outcomes part."""
    if told.error != expected.error:
        return f"chain: {told.error}\nmodel: {expected.error}"
    for place, (one, other) in enumerate(zip(told.events, expected.events, strict=False)):
        if one != other:
            return f"event {place}\nchain: {one}\nmodel: {other}"
    longer = max(told.events, expected.events, key=len)
    shorter = min(len(told.events), len(expected.events))
    return (
        f"{len(told.events)} events on the chain, {len(expected.events)} in the model\n"
        f"first more: {longer[shorter]}"
    )


def _need_equal(what: str, told: Any, expected: Any) -> None:
    if told == expected:
        return
    if isinstance(told, dict) and isinstance(expected, dict):
        keys = sorted(told.keys() | expected.keys(), key=str)
        parts = [(key, told.get(key), expected.get(key)) for key in keys]
    else:
        parts = list(_side_by_side(told, expected))
    wrong = [part for part in parts if part[1] != part[2]][:5]
    lines = [f"{key}: chain {one}, model {other}" for key, one, other in wrong]
    raise Divergence("\n".join([f"{what} differ", *lines]))


def _side_by_side(told: Any, expected: Any) -> list[tuple[Any, Any, Any]]:
    """Lay two answers side by side."""
    if isinstance(told, list) and isinstance(expected, list) and len(told) == len(expected):
        return [(i, one, other) for i, (one, other) in enumerate(zip(told, expected, strict=True))]
    return [("", told, expected)]
