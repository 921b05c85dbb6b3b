"""From accepted wishes to signed intents.

Actions of one organisation share a batch. Actions on one order keep the order in which they were
accepted, also between organisations: an action joins its organisation's last batch only if no later
batch touches the same order; otherwise it opens a new one.

A wish that cannot be signed is set aside by itself, and its company travels on without it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final, NamedTuple

from ledger import lifecycle
from ledger.action import Action, pack_actions
from ledger.catalogue import LedgerError, Refused
from ledger.deployment import Deployment
from ledger.document.errors import DocumentError
from ledger.document.manifest import Manifest, ManifestEntry, documents_root
from ledger.gas import GAS_MAX, BatchGas
from ledger.host import Host, require_host
from ledger.intent import ZERO, AgreementStep, Batch, LotStep, Opening, Signable, digest
from ledger.signed_value import KINDS, plain, restored
from ledger.vault import Cid, Vault

ACTIONS_MAX: Final = 1000
_NUMBERS: Final = 1 << 32
ALONE: Final = ("agreement", "auction")
"""Machines whose wishes travel in a transaction of their own."""

FAULTS: Final = (
    LedgerError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    DocumentError,
    LookupError,
    TypeError,
    ValueError,
)
"""What a wish with impossible contents can end in."""


class Wish(NamedTuple):
    """An accepted wish on its way into a signature.

    Parameters
    ----------
    cid : str, optional
        Where its sealed document lies.
    """

    id: int
    organisation: int
    machine: str
    action: str
    agreement: int | None
    number: int | None
    order: int | None
    commitment: bytes | None
    call: dict[str, Any] | None
    cid: str | None


@dataclass(slots=True)
class Draft:
    """An intent that is signed and ready to travel.

    Parameters
    ----------
    kind : str
        A key of `KINDS`, or a function that needs no signature.
    value : Signable, optional
        What was signed.
    actions : list of int
        Ids of the accepted wishes that are new in it, by position.
    gas : int
        Most that it can need; zero asks the chain.
    call : dict
        Arguments of a function without signature.
    agreement : int
        Of its first wish; zero for auctions.
    documents : frozenset of int
        Positions whose documents lie in the vault.
    signed_id, replaces : int, optional
        Its row, when it has one already; the row of the expired intent that it replaces.
    company : int
        Only drafts of one company share a transaction.
    """

    organisation: int
    kind: str
    value: Signable | None
    signature: bytes
    digest: bytes
    actions: list[int]
    gas: int
    call: dict[str, Any] = field(default_factory=dict)
    agreement: int = 0
    documents: frozenset[int] = frozenset()
    signed_id: int | None = None
    replaces: int | None = None
    company: int = 0


@dataclass(frozen=True, slots=True)
class SetAside:
    """A wish that cannot be signed, and the error that says why, as the chain would encode it."""

    wish: int
    problem: bytes


@dataclass(slots=True)
class _OpenBatch:
    organisation: int
    gas: BatchGas = field(default_factory=BatchGas)
    wishes: list[Wish] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)


@dataclass(slots=True)
class Assembler:
    """Signs for hosted organisations.

    Parameters
    ----------
    nonces : callable
        Gives an organisation's next intent nonce.
    deadline : int
        Unix seconds for everything that is signed.

    Attributes
    ----------
    aside : list of SetAside
        What could not be signed.
    """

    deployment: Deployment
    vault: Vault
    hosts: Mapping[int, Host]
    nonces: Callable[[int], int]
    deadline: int
    aside: list[SetAside] = field(default_factory=list)

    def assemble(self, wishes: Sequence[Wish]) -> list[Draft]:
        """Sign all of some wishes, in the order of their acceptance."""
        alone = [wish for wish in wishes if wish.machine in ALONE]
        trade = [wish for wish in wishes if wish.machine not in ALONE]
        drafts = [draft for wish in alone for draft in self._guarded([wish], self._alone)]
        for batch in self._grouped(trade):
            pairs = list(zip(batch.wishes, batch.actions, strict=True))
            drafts += self._guarded(pairs, partial(self._batch, gas=batch.gas.bound))
        return drafts

    def again(self, old: Draft, wishes: Sequence[Wish]) -> list[Draft]:
        """Sign anew what has expired: the wishes still in it, the same nonce, a later deadline."""
        try:
            draft = self._again(old, wishes)
        except FAULTS as fault:
            self.aside += [SetAside(wish.id, encoding_of(fault)) for wish in wishes]
            return []
        return [replace(draft, replaces=old.signed_id)]

    def _again(self, old: Draft, wishes: Sequence[Wish]) -> Draft:
        value: Any = old.value
        if old.kind == "batch":
            pairs = [(wish, packed(wish)) for wish in wishes]
            gas = BatchGas()
            for wish, action in pairs:
                gas.add(action, wish.order or 0)
            return self._batch(pairs, gas.bound, value.nonce)
        fields = plain(value) | {"deadline": self.deadline}
        return self._sign(old.kind, restored(old.kind, fields), wishes)

    def _alone(self, wishes: Sequence[Wish]) -> Draft:
        (wish,) = wishes
        return self._step(wish) if wish.machine == "agreement" else self._call(wish)

    def _guarded(self, items: Sequence[Any], sign: Callable[[Any], Draft]) -> list[Draft]:
        """Sign items together; where that fails, by halves, down to the one that is at fault."""
        try:
            return [sign(items)]
        except FAULTS as fault:
            if len(items) > 1:
                half = len(items) // 2
                return self._guarded(items[:half], sign) + self._guarded(items[half:], sign)
            wish = items[0] if isinstance(items[0], Wish) else items[0][0]
            self.aside.append(SetAside(wish.id, encoding_of(fault)))
            return []

    def _step(self, wish: Wish) -> Draft:
        """Sign a step in an agreement's life."""
        assert wish.call is not None
        assert wish.agreement is not None
        value = AgreementStep(
            organisation=wish.organisation,
            agreement=wish.agreement,
            action=lifecycle.row_named("agreement", wish.action).id,
            seats=tuple(wish.call["seats"]),
            notice_days=wish.call["notice_days"],
            terms=bytes.fromhex(wish.call["terms"]),
            manifest=self._manifest_of([wish]),
            deadline=self.deadline,
            nonce=self.nonces(wish.organisation),
        )
        return self._sign("step", value, [wish])

    def _call(self, wish: Wish) -> Draft:
        """Sign a call of the auction contract, if it is one that is signed."""
        call = dict(wish.call or {})
        kind = KINDS.get(wish.action)
        if kind is None:
            places = frozenset([0] if wish.cid else [])
            return Draft(
                wish.organisation, wish.action, None, b"", b"", [wish.id], 0, call, documents=places
            )
        call |= {"organisation": wish.organisation, "deadline": self.deadline}
        call["nonce"] = self.nonces(wish.organisation)
        if kind in (Opening, LotStep):
            call["manifest"] = self._manifest_of([wish]).hex()
        return self._sign(wish.action, restored(wish.action, call), [wish])

    def _batch(
        self, pairs: Sequence[tuple[Wish, Action]], gas: int, nonce: int | None = None
    ) -> Draft:
        wishes = [wish for wish, _ in pairs]
        organisation = wishes[0].organisation
        commitments = [wish.commitment or ZERO for wish in wishes]
        has_documents = any(each != ZERO for each in commitments)
        value = Batch(
            organisation=organisation,
            deadline=self.deadline,
            nonce=self.nonces(organisation) if nonce is None else nonce,
            documents_root=documents_root(commitments) if has_documents else ZERO,
            manifest=self._manifest_of(wishes) if has_documents else ZERO,
            actions=pack_actions([action for _, action in pairs]),
        )
        return self._sign("batch", value, wishes, gas)

    def _sign(self, kind: str, value: Signable, wishes: Sequence[Wish], gas: int = 0) -> Draft:
        is_trade = kind in ("batch", "intent", "step")
        domain = self.deployment.order_domain if is_trade else self.deployment.auction_domain
        signed = digest(domain, value)
        signature = require_host(self.hosts, value.organisation).key.sign(signed)
        ids = [wish.id for wish in wishes]
        agreement = (wishes[0].agreement or 0) if is_trade else 0
        return Draft(
            value.organisation,
            kind,
            value,
            signature,
            signed,
            ids,
            gas,
            agreement=agreement,
            documents=frozenset(place for place, wish in enumerate(wishes) if wish.cid),
        )

    def _manifest_of(self, wishes: Sequence[Wish]) -> bytes:
        """Store the manifest of some wishes' documents; gives its digest, or zero when none."""
        entries = tuple(
            ManifestEntry(position, wish.commitment, Cid(wish.cid) if wish.cid else None)
            for position, wish in enumerate(wishes)
            if wish.commitment is not None and wish.commitment != ZERO
        )
        if not entries:
            return ZERO
        manifest = Manifest(entries)
        self.vault.put(manifest.to_block())
        return manifest.digest

    def _grouped(self, wishes: Iterable[Wish]) -> list[_OpenBatch]:
        batches: list[_OpenBatch] = []
        open_of: dict[int, int] = {}
        last_of: dict[tuple[int | None, int | None], int] = {}
        for wish in wishes:
            try:
                action = packed(wish)
                require_host(self.hosts, wish.organisation)
            except FAULTS as fault:
                self.aside.append(SetAside(wish.id, encoding_of(fault)))
                continue
            subject = (wish.agreement, wish.order)
            place = open_of.get(wish.organisation)
            if place is None or place < last_of.get(subject, -1) or _is_full(batches[place]):
                batches.append(_OpenBatch(wish.organisation))
                place = open_of[wish.organisation] = len(batches) - 1
            batch = batches[place]
            batch.wishes.append(wish)
            batch.actions.append(action)
            batch.gas.add(action, wish.order or 0)
            last_of[subject] = place
        return batches


def packed(wish: Wish) -> Action:
    """Write a wish as an action of a batch.

    Raises
    ------
    IntentMalformed, KeyError, ValueError
        When it is none.
    """
    assert wish.agreement is not None
    assert wish.number is not None
    row = lifecycle.row_named(wish.machine, wish.action)
    action = Action(wish.agreement, row.id, wish.number, (wish.order or 0) if row.opens else 0)
    if not (0 <= wish.number < _NUMBERS and 0 <= action.order < _NUMBERS):
        # Alone, so that it does not part the batch that it would join.
        pack_actions([action])
    if wish.commitment is not None and len(wish.commitment) != len(ZERO):
        raise ValueError(f"the commitment has {len(wish.commitment)} bytes")
    return action


def encoding_of(fault: Exception) -> bytes:
    """Give an error as the chain encodes it; one that no contract has, as words."""
    if not isinstance(fault, Refused):
        return f"{type(fault).__name__}: {fault}".encode()
    data = fault.arguments.get("data")
    return data if isinstance(data, bytes) else fault.encoded()


def _is_full(batch: _OpenBatch) -> bool:
    return len(batch.wishes) >= ACTIONS_MAX or batch.gas.bound > GAS_MAX - 200_000
