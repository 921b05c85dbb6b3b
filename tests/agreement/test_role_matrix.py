"""Every function that changes something, by every kind of caller and signer: who may, who may not.

The table below is the whole truth; its rows are compared with the ABIs, so that a new function
without a row fails. What is signed is tried twice: signed and carried by a stranger, and sent by
the signer itself without a signature.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from ledger.client import Client
from ledger.contracts_artifact import load_contract
from ledger.embedded import EmbeddedChain
from tests.agreement.cast import BOND
from tests.agreement.failure import lot, registry
from tests.agreement.failure.past import auctioned
from tests.agreement.failure.trial import Course, refusals_of, run_plays
from tests.agreement.stage import PRICE, SALT, WINDOW_S, Act, Stage

TABLE = """
                             |     council     |       keys of the member        |    others
                             | is  next was new| all adm rec agr trd exp rev sus | mem out any self
OrgRegistry.admit            | yes  .   .  yes |  .   .   .   .   .   .   .   .  |  .   .   .   .
OrgRegistry.setRoles         | yes  .   .  yes |  .   .   .   .   .   .   .   .  |  .   .   .   .
OrgRegistry.setSuspended     | yes  .   .  yes |  .   .   .   .   .   .   .   .  |  .   .   .   .
OrgRegistry.transferOwnership| yes  .   .  yes |  .   .   .   .   .   .   .   .  |  .   .   .   .
OrgRegistry.acceptOwnership  |  .  yes  .   .  |  .   .   .   .   .   .   .   .  |  .   .   .   .
OrgRegistry.renounceOwnership|  .   .   .   .  |  .   .   .   .   .   .   .   .  |  .   .   .   .
OrgRegistry.setKey           |  .   .   .   .  | yes yes  .   .   .   .   .  yes |  .  yes  .   .
OrgRegistry.setEncryptionKey |  .   .   .   .  | yes yes  .   .   .   .   .  yes |  .  yes  .   .
OrgRegistry.setEndpoint      |  .   .   .   .  | yes yes  .   .   .   .   .  yes |  .  yes  .   .
OrderLedger.submit           |  .   .   .   .  | yes  .  yes  .   .   .   .   .  |  .   .   .   .
OrderLedger.submitIntents    |  .   .   .   .  | yes  .  yes  .   .   .   .   .  |  .   .   .   .
OrderLedger.agree            |  .   .   .   .  | yes  .   .  yes  .   .   .   .  |  .   .   .   .
PoolAuction.open             |  .   .   .   .  | yes  .   .   .  yes  .   .   .  |  .   .   .   .
PoolAuction.commit           |  .   .   .   .  | yes  .   .   .  yes  .   .   .  |  .   .   .   .
PoolAuction.reveal           | yes yes yes yes | yes yes yes yes yes yes yes yes | yes yes yes yes
PoolAuction.propose          | yes yes yes yes | yes yes yes yes yes yes yes yes | yes yes yes yes
PoolAuction.finalise         | yes yes yes yes | yes yes yes yes yes yes yes yes | yes yes yes yes
PoolAuction.stepLot          |  .   .   .   .  | yes  .   .   .  yes  .   .   .  |  .   .   .   .
PoolAuction.deposit          | yes yes yes yes | yes yes yes yes yes yes yes yes | yes yes yes yes
PoolAuction.withdraw         |  .   .   .   .  | yes  .   .   .  yes  .   .   .  |  .   .   .   .
"""
"""Columns:

council  in office; the next one, before it accepts; and after that, the former and the new one
keys     of the buyer, not suspended: with all permissions; with administration, record, agree or
         trade alone; expired; revoked; and with all permissions while the buyer is suspended
others   another member that speaks for the buyer; another one that speaks for itself, but lacks the
         seat, the role or the deposit (in the registry it needs none to rule its own keys);
         anybody; the contract itself
"""

CONTRACTS = ("OrgRegistry", "OrderLedger", "PoolAuction")
OVERRIDES = {"renounceOwnership"}
"""Functions that would change something, and refuse without looking."""

NO_AUTHORITY = {
    "OwnableUnauthorizedAccount",
    "RegistryCouncilRequired",
    "RegistryKeyUnauthorised",
    "IntentUnauthorised",
    "LedgerSeatMissing",
    "AuctionRoleMissing",
    "AuctionActorWrong",
    "AuctionBalanceTooLow",
}


def matrix() -> dict[str, dict[str, bool]]:
    _, header, *rows = TABLE.strip("\n").splitlines()
    actors = header.replace("|", " ").split()
    cells = {row.partition("|")[0].strip(): row.partition("|")[2] for row in rows}
    return {
        function: {
            actor: cell == "yes"
            for actor, cell in zip(actors, marks.replace("|", " ").split(), strict=True)
        }
        for function, marks in cells.items()
    }


@dataclass(frozen=True)
class Actor:
    """Who acts: with which key, for which member, and after what has happened to it."""

    key: str
    member: str = "buyer"
    past: Callable[[Stage], list[Act]] = lambda _: []


def _handed_over(s: Stage) -> list[Act]:
    return [registry.hand_over(s), registry.accept(s)]


ACTORS = {
    "is": Actor("council"),
    "next": Actor("successor", past=lambda s: [registry.hand_over(s)]),
    "was": Actor("council", past=_handed_over),
    "new": Actor("successor", past=_handed_over),
    "all": Actor("buyer"),
    "adm": Actor("administration_key"),
    "rec": Actor("record_key"),
    "agr": Actor("agree_key"),
    "trd": Actor("trade_key"),
    "exp": Actor("expired_key"),
    "rev": Actor("revoked_key"),
    "sus": Actor("buyer", past=lambda s: [registry.suspend(s)]),
    "mem": Actor("seller"),
    "out": Actor("outsider", "outsider"),
    "any": Actor("stranger"),
    "self": Actor("itself"),
}


@dataclass(frozen=True)
class Deed:
    """Something signed for a member, or a call by a sender; after a past of theirs, at a time."""

    signed: Callable[[Stage, str], Any] | None = None
    called: Callable[[Stage, str, str], Act] | None = None
    past: Callable[[Stage, str], list[Act]] = lambda _, __: []
    time_s: int = 0


def own(contract: str, *arguments: Any) -> Deed:
    """A call of the registry on a member."""

    def called(s: Stage, sender: str, member: str) -> Act:
        return s.call(f"OrgRegistry.{contract}", s.names[member], *arguments, sender=sender)

    return Deed(called=called)


def set_key(s: Stage, sender: str, member: str) -> Act:
    return registry.set_key(s, sender, member=member)


def opening(s: Stage, member: str) -> Any:
    number = s.names[member]
    return s.opening(organisation=number, auction=number << 32 | 1)


def won(s: Stage) -> list[Act]:
    return auctioned(s, "finalised", [("buyer", 0b1, PRICE)], chosen=0b1)


def revealing(s: Stage, sender: str, _: str) -> Act:
    arguments = (s.auction, 0, 0b01, PRICE, SALT)
    return s.call("PoolAuction.reveal", *arguments, sender=sender)


def endowed(s: Stage, sender: str) -> list[Act]:
    """The sender has a bond's worth of tokens, and has approved it."""
    to = s.cast.keys[sender].address if sender in s.cast.keys else s.names[sender]
    given = s.call("LocalBondToken.transfer", to, BOND, sender="council")
    return [given, lot.approve(s, sender, BOND)]


DEEDS = {
    "OrgRegistry.admit": Deed(called=lambda s, sender, _: registry.admit(s, sender)),
    "OrgRegistry.setRoles": own("setRoles", 3),
    "OrgRegistry.setSuspended": own("setSuspended", True),
    "OrgRegistry.transferOwnership": Deed(
        called=lambda s, sender, _: registry.hand_over(s, "stranger", sender)
    ),
    "OrgRegistry.acceptOwnership": Deed(called=lambda s, sender, _: registry.accept(s, sender)),
    "OrgRegistry.renounceOwnership": Deed(
        called=lambda s, sender, _: s.call("OrgRegistry.renounceOwnership", sender=sender)
    ),
    "OrgRegistry.setKey": Deed(called=set_key),
    "OrgRegistry.setEncryptionKey": own("setEncryptionKey", b"\2" * 32),
    "OrgRegistry.setEndpoint": own("setEndpoint", "http://new"),
    "OrderLedger.submit": Deed(lambda s, member: s.batch(by=member)),
    "OrderLedger.submitIntents": Deed(lambda s, member: s.intent(f"{member} issue 1")),
    "OrderLedger.agree": Deed(lambda s, member: s.step(f"{member} propose_end", s.agreement)),
    "PoolAuction.open": Deed(opening),
    "PoolAuction.commit": Deed(
        lambda s, member: s.bid(member, 0b1), past=lambda s, _: auctioned(s, "opened")
    ),
    "PoolAuction.reveal": Deed(
        called=revealing,
        past=lambda s, _: auctioned(s, "committed"),
        time_s=WINDOW_S,
    ),
    "PoolAuction.propose": Deed(
        called=lambda s, sender, _: s.call("PoolAuction.propose", s.auction, 1, sender=sender),
        past=lambda s, _: auctioned(s, "revealed"),
        time_s=2 * WINDOW_S,
    ),
    "PoolAuction.finalise": Deed(
        called=lambda s, sender, _: s.call("PoolAuction.finalise", s.auction, sender=sender),
        past=lambda s, _: auctioned(s, "proposed"),
        time_s=3 * WINDOW_S,
    ),
    "PoolAuction.stepLot": Deed(
        lambda s, member: s.lot_step(f"{member} pick_up 0"),
        past=lambda s, _: won(s),
        time_s=3 * WINDOW_S,
    ),
    "PoolAuction.deposit": Deed(
        called=lambda s, sender, member: lot.deposit(s, member, sender=sender), past=endowed
    ),
    "PoolAuction.withdraw": Deed(lambda s, member: s.withdrawal(organisation=s.names[member])),
}


def plays_of(stage: Stage, function: str, actor: Actor) -> list[list[Act]]:
    """What the actor tries: once, or signed and unsigned."""
    deed, time = DEEDS[function], stage.now + DEEDS[function].time_s
    key = actor.key
    if key == "itself":
        key = ITSELF[function.partition(".")[0]]
    past = [*deed.past(stage, key), *(replace(act, time=time) for act in actor.past(stage))]
    if deed.called is not None:
        return [[*past, replace(deed.called(stage, key, actor.member), time=time)]]
    assert deed.signed is not None
    tries = [stage.send(deed.signed(stage, actor.member), b"", sender=key, time=time)]
    if key in stage.cast.keys:
        value = deed.signed(stage, actor.member)
        signature = stage.sign(value, stage.cast.keys[key])
        tries.append(stage.send(value, signature, time=time))
    return [[*past, act] for act in tries]


ITSELF = {
    "OrgRegistry": "registry_contract",
    "OrderLedger": "ledger_contract",
    "PoolAuction": "auction_contract",
}


@pytest.mark.parametrize("function", DEEDS)
def test_exactly_those_of_the_table_may(
    function: str, stage: Stage, shared_chain: EmbeddedChain
) -> None:
    tries = [
        (name, play) for name, actor in ACTORS.items() for play in plays_of(stage, function, actor)
    ]

    async def run() -> list[Course]:
        async with Client(shared_chain.url) as client:
            return await run_plays(client, stage, [play for _, play in tries])

    may: dict[str, set[bool]] = {}
    for (name, _), course in zip(tries, asyncio.run(run()), strict=True):
        refusals = refusals_of(course.last)
        may.setdefault(name, set()).add(not refusals)
        assert {one.error for one in refusals} <= NO_AUTHORITY, name
        assert not refusals or course.after == course.before, name
        assert refusals or course.last.logs, name
    assert may == {name: {is_allowed} for name, is_allowed in matrix()[function].items()}


def test_the_table_has_every_function_that_changes_something() -> None:
    functions = {
        f"{contract}.{item['name']}"
        for contract in CONTRACTS
        for item in load_contract(contract).abi
        if item["type"] == "function"
        and (item["stateMutability"] not in ("view", "pure") or item["name"] in OVERRIDES)
    }
    assert set(matrix()) == functions
    assert set(DEEDS) == functions


def test_the_table_has_every_actor() -> None:
    assert all(list(row) == list(ACTORS) for row in matrix().values())
