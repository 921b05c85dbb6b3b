"""From signed intents to the transactions that carry them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ledger.assembly import FAULTS, Draft, SetAside, encoding_of
from ledger.contracts import (
    encode_agree,
    encode_approve,
    encode_commit,
    encode_deposit,
    encode_finalise,
    encode_open,
    encode_propose,
    encode_reveal,
    encode_step_lot,
    encode_submit,
    encode_submit_intents,
    encode_withdraw,
)
from ledger.deployment import Deployment
from ledger.gas import GAS_MAX, TRANSACTION_GAS
from ledger.intent import Intent


@dataclass(slots=True)
class Dispatch:
    """One transaction to be: where it goes, what it calls, whom it carries."""

    to: str
    data: bytes
    gas: int
    drafts: list[Draft]


def dispatches(
    deployment: Deployment, drafts: Iterable[Draft], aside: list[SetAside]
) -> list[Dispatch]:
    """Put signed intents into transactions: batches together while gas allows, the rest alone.

    Parameters
    ----------
    aside : list of SetAside
        Gets the wishes whose call cannot be written.
    """
    found: list[Dispatch] = []
    aboard: list[Draft] = []
    gas = 0
    for draft in drafts:
        is_shared = draft.kind in ("batch", "intent")
        fits = aboard and (aboard[0].kind, aboard[0].company) == (draft.kind, draft.company)
        if aboard and not (is_shared and fits and gas + draft.gas <= GAS_MAX):
            found += _dispatch(deployment, aboard, aside)
            aboard, gas = [], 0
        aboard.append(draft)
        gas += draft.gas
    if aboard:
        found += _dispatch(deployment, aboard, aside)
    return found


def _dispatch(deployment: Deployment, drafts: list[Draft], aside: list[SetAside]) -> list[Dispatch]:
    if drafts[0].kind == "intent":
        drafts = by_signer(drafts)
    gas = sum(draft.gas for draft in drafts)
    try:
        to, data = calldata(deployment, drafts)
    except FAULTS as fault:
        aside += [SetAside(wish, encoding_of(fault)) for draft in drafts for wish in draft.actions]
        return []
    return [Dispatch(to, data, gas + TRANSACTION_GAS if gas else 0, drafts)]


def by_signer(drafts: list[Draft]) -> list[Draft]:
    """Put intents of one organisation side by side, and among them those of one agreement.

    The ledger then asks once for the key and the seats, and keeps its storage slots in hand. What
    is about one agreement keeps its order, so that every intent finds what it rests on.
    """
    groups: list[list[Draft]] = []
    open_of: dict[int, int] = {}
    last_of: dict[int, int] = {}
    for draft in drafts:
        agreement = _agreement_of(draft)
        place = open_of.get(draft.organisation, -1)
        if place < last_of.get(agreement, 0):
            groups.append([])
            place = open_of[draft.organisation] = len(groups) - 1
        groups[place].append(draft)
        last_of[agreement] = place
    return [draft for group in groups for draft in sorted(group, key=_agreement_of)]


def _agreement_of(draft: Draft) -> int:
    assert isinstance(draft.value, Intent)
    return draft.value.agreement


def calldata(deployment: Deployment, drafts: list[Draft]) -> tuple[str, bytes]:
    """Give contract and calldata that carry some intents of one kind."""
    first = drafts[0]
    values: list[Any] = [draft.value for draft in drafts]
    signatures = [draft.signature for draft in drafts]
    if first.kind == "batch":
        return deployment.order_ledger, encode_submit(values, signatures)
    if first.kind == "intent":
        return deployment.order_ledger, encode_submit_intents(values, signatures)
    if first.kind == "step":
        return deployment.order_ledger, encode_agree(values[0], signatures[0])
    if first.kind == "approve":
        return first.call["token"], encode_approve(deployment.pool_auction, first.call["amount"])
    return deployment.pool_auction, _auction_data(first)


def _auction_data(draft: Draft) -> bytes:
    value: Any = draft.value
    call = draft.call
    if draft.kind == "open":
        return encode_open(value, draft.signature)
    if draft.kind == "commit":
        return encode_commit(value, draft.signature)
    if draft.kind == "step_lot":
        return encode_step_lot(value, draft.signature)
    if draft.kind == "withdraw":
        return encode_withdraw(value, draft.signature)
    if draft.kind == "reveal":
        salt = bytes.fromhex(call["salt"])
        return encode_reveal(call["auction"], call["bid"], call["lots"], call["price"], salt)
    if draft.kind == "propose":
        return encode_propose(call["auction"], call["bids"])
    if draft.kind == "deposit":
        return encode_deposit(draft.organisation, call["token"], call["amount"])
    assert draft.kind == "finalise", f"no call {draft.kind}"
    return encode_finalise(call["auction"])
