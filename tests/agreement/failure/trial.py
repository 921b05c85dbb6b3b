"""One failure put to the test: a valid play, the same with one thing wrong, and what was seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from eth_abi.abi import decode
from eth_hash.auto import keccak
from eth_utils.address import to_checksum_address

from ledger.block import Log
from ledger.client import Client
from ledger.contracts_artifact import load_contracts
from tests.agreement.cast import KEYS
from tests.agreement.stage import Act, Stage
from tests.rehearsal import Answer, perform

NOT_OURS = ("contracts/mocks/", "contracts/test-support/")


@dataclass(frozen=True)
class Trial:
    """Two plays that differ in one thing; the last act of each is the one in question.

    Parameters
    ----------
    also : dict of str
        What the catalogue's row names beside the cast and what the last act says.
    """

    valid: Sequence[Act]
    wrong: Sequence[Act]
    also: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """How something was refused: by which event or a revert, and with which error."""

    told: str
    error: str
    arguments: tuple[Any, ...]
    position: int | None = None
    count: int | None = None


@dataclass(frozen=True)
class Course:
    """The last act of a play: its answer, and what the contracts showed before and after."""

    last: Answer
    before: list[bytes]
    after: list[bytes]
    was_nonce_used: bool
    is_nonce_used: bool


def instead(valid: Act, wrong: Act, *, past: Sequence[Act] = (), **also: Any) -> Trial:
    """After the same past, something wrong in place of something valid."""
    return Trial([*past, valid], [*past, wrong], also)


def meanwhile(valid: Act, *events: Act, past: Sequence[Act] = (), **also: Any) -> Trial:
    """What was valid when it was signed comes after something else has happened."""
    return Trial([*past, valid], [*past, *events, valid], also)


async def run_plays(client: Client, stage: Stage, plays: Sequence[Sequence[Act]]) -> list[Course]:
    """Perform plays; gives the course that each took."""
    views = [_views(stage, play[-1]) for play in plays]
    extended = [
        [*play[:-1], *shown, play[-1], *shown] for play, shown in zip(plays, views, strict=True)
    ]
    performed = await perform(client, extended, stage.cast.props)
    return [
        _course(play, answers, len(shown))
        for play, answers, shown in zip(plays, performed, views, strict=True)
    ]


def refusals_of(answer: Answer) -> list[Seen]:
    """How the last act was refused, in whole or in part."""
    if not answer.is_success:
        return [Seen("revert", *decode_error(answer.data))]
    return [seen for log in answer.logs if (seen := _refusal(log)) is not None]


def decode_error(data: bytes) -> tuple[str, tuple[Any, ...]]:
    """Read a custom error by the ABIs."""
    found = _errors().get(data[:4])
    assert found is not None, f"a revert without a name: {data.hex()}"
    name, types = found
    values = decode(types, data[4:])
    return name, tuple(
        to_checksum_address(value) if solidity_type == "address" else value
        for solidity_type, value in zip(types, values, strict=True)
    )


def _course(play: Sequence[Act], answers: list[Answer], shown: int) -> Course:
    past, rest = answers[: len(play) - 1], answers[len(play) - 1 :]
    assert all(one.is_success and not refusals_of(one) for one in past), "the past went wrong"
    before, last, after = rest[:shown], rest[shown], rest[shown + 1 :]
    assert all(one.is_success for one in [*before, *after]), "a view failed"
    has_nonce = "nonce" in play[-1].says
    return Course(
        last=last,
        before=[one.data for one in before[has_nonce:]],
        after=[one.data for one in after[has_nonce:]],
        was_nonce_used=has_nonce and any(before[0].data),
        is_nonce_used=has_nonce and any(after[0].data),
    )


def _refusal(log: Log) -> Seen | None:
    for told in ("IntentRefused", "ActionRefused"):
        types = {"IntentRefused": ["bytes"], "ActionRefused": ["uint256", "uint256", "bytes"]}[told]
        indexed = {"IntentRefused": "uint32,bytes32", "ActionRefused": "bytes32"}[told]
        if log.topics[0] == keccak(f"{told}({indexed},{','.join(types)})".encode()):
            *place, problem = decode(types, log.data)
            return Seen(told, *decode_error(problem), *place)
    return None


@cache
def _errors() -> dict[bytes, tuple[str, list[str]]]:
    found = {}
    for contract in load_contracts().values():
        if contract.source_name.startswith(NOT_OURS):
            continue
        for item in contract.abi:
            if item["type"] == "error":
                types = [one["type"] for one in item["inputs"]]
                signature = f"{item['name']}({','.join(types)})"
                found[keccak(signature.encode())[:4]] = (item["name"], types)
    return found


def _views(stage: Stage, act: Act) -> list[Act]:
    """What the called contract shows, first whether the act's nonce is used, if it has one."""
    shown = {
        stage.address_of("OrgRegistry"): _registry_views,
        stage.address_of("OrderLedger"): _ledger_views,
        stage.address_of("PoolAuction"): _auction_views,
    }
    views = shown[act.to](stage) if act.to in shown else []
    if "nonce" in act.says:
        is_ledger = act.to == stage.address_of("OrderLedger")
        contract = "OrderLedger" if is_ledger else "PoolAuction"
        said = act.says["organisation"], act.says["nonce"]
        views.insert(0, ("isNonceUsed", contract, said))
    return [
        stage.call(f"{contract}.{view}", *arguments, time=act.time)
        for view, contract, arguments in views
    ]


View = tuple[str, str, tuple[Any, ...]]


def _registry_views(stage: Stage) -> list[View]:
    buyer = stage.names["buyer"]
    keys = [stage.names[name] for name in (*KEYS, "buyer_key", "stranger")]
    return [
        ("organisationCount", "OrgRegistry", ()),
        ("organisationOf", "OrgRegistry", (buyer,)),
        *(("permissionsOf", "OrgRegistry", (buyer, key)) for key in keys),
        ("owner", "OrgRegistry", ()),
        ("pendingOwner", "OrgRegistry", ()),
    ]


def _ledger_views(stage: Stage) -> list[View]:
    agreements = (stage.agreement, stage.proposal)
    return [
        *(("agreementOf", "OrderLedger", (number,)) for number in agreements),
        *(
            (view, "OrderLedger", (agreement, number))
            for view in ("orderState", "deliveryState")
            for agreement in agreements
            for number in (0, 1, 2, 3, 7, 2**32 - 1)
        ),
    ]


def _auction_views(stage: Stage) -> list[View]:
    auction, token = stage.auction, stage.names["token"]
    members = [stage.names[name] for name in ("buyer", "carrier", "rival", "pool")]
    accounts = [stage.names[name] for name in ("council", "buyer_key", "auction_contract")]
    return [
        ("auctionOf", "PoolAuction", (auction,)),
        *(("bidOf", "PoolAuction", (auction, bid)) for bid in range(3)),
        *(("lotOf", "PoolAuction", (auction, lot)) for lot in range(3)),
        *(("freeDepositOf", "PoolAuction", (member, token)) for member in members),
        *(("balanceOf", "LocalBondToken", (account,)) for account in accounts),
    ]
