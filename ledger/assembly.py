"""From accepted wishes to signed intents.

Actions of one organisation share a batch. Actions on one order keep the order in which they were
accepted, also between organisations: an action joins its organisation's last batch only if no later
batch touches the same order; otherwise it opens a new one.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ledger import lifecycle
from ledger.action import Action, pack_actions
from ledger.deployment import Deployment
from ledger.document.manifest import Manifest, ManifestEntry, documents_root
from ledger.gas import GAS_MAX, BatchGas
from ledger.host import Host
from ledger.intent import (
    ZERO,
    AgreementStep,
    Batch,
    Intent,
    LotStep,
    Opening,
    SealedBid,
    Signable,
    Withdrawal,
    digest,
)
from ledger.model import PendingAction
from ledger.vault import Vault, parse_cid

ACTIONS_MAX: Final = 1000

KINDS: Final[dict[str, type[Signable]]] = {
    "batch": Batch,
    "intent": Intent,
    "step": AgreementStep,
    "open": Opening,
    "commit": SealedBid,
    "step_lot": LotStep,
    "withdraw": Withdrawal,
}
"""What is signed, by the kind of a signed intent; anything else is a call without a signature."""


@dataclass(slots=True)
class Draft:
    """An intent that is signed and ready to travel.

    Parameters
    ----------
    kind : str
        A key of `KINDS`, or a function that needs no signature.
    value : Signable, optional
        What was signed.
    call : dict
        Arguments of a function without signature.
    actions : list of int
        Ids of the accepted wishes in it, by position.
    gas : int
        Most that it can need; zero asks the chain.
    signed_id, replaces : int, optional
        Its row, when it has one already; the row of the expired intent that it replaces.
    """

    organisation: int
    kind: str
    value: Signable | None
    signature: bytes
    digest: bytes
    actions: list[int]
    gas: int
    call: dict[str, Any] = field(default_factory=dict)
    signed_id: int | None = None
    replaces: int | None = None
    is_alone: bool = False


@dataclass(slots=True)
class _OpenBatch:
    organisation: int
    gas: BatchGas = field(default_factory=BatchGas)
    actions: list[PendingAction] = field(default_factory=list)


@dataclass(slots=True)
class Assembler:
    """Signs for hosted organisations.

    Parameters
    ----------
    nonces : callable
        Gives an organisation's next intent nonce.
    deadline : int
        Unix seconds for everything that is signed.
    cids : mapping
        Where the sealed document of a wish lies, by the wish's id.
    """

    deployment: Deployment
    vault: Vault
    hosts: Mapping[int, Host]
    nonces: Callable[[int], int]
    deadline: int
    cids: Mapping[int, str]

    def batches(self, actions: Iterable[PendingAction]) -> list[Draft]:
        """Sign actions on orders and deliveries, in as few batches as their order allows."""
        return [self._sign_batch(each) for each in _grouped(actions)]

    def step(self, action: PendingAction) -> Draft:
        """Sign a step in an agreement's life."""
        assert action.call is not None
        assert action.agreement is not None
        value = AgreementStep(
            organisation=action.organisation,
            agreement=action.agreement,
            action=lifecycle.row_named("agreement", action.action).id,
            seats=tuple(action.call["seats"]),
            notice_days=action.call["notice_days"],
            terms=bytes.fromhex(action.call["terms"]),
            manifest=self._manifest_of([action]),
            deadline=self.deadline,
            nonce=self.nonces(action.organisation),
        )
        return self._sign("step", value, [action])

    def call(self, action: PendingAction) -> Draft:
        """Sign a call of the auction contract, if it is one that is signed."""
        call = dict(action.call or {})
        kind = KINDS.get(action.action)
        if kind is None:
            assert action.id is not None
            return Draft(
                action.organisation, action.action, None, b"", b"", [action.id], 0, call=call
            )
        call |= {"organisation": action.organisation, "deadline": self.deadline}
        call["nonce"] = self.nonces(action.organisation)
        if kind in (Opening, LotStep):
            call["manifest"] = self._manifest_of([action]).hex()
        return self._sign(action.action, restored(action.action, call), [action])

    def again(self, kind: str, value: Any, actions: list[PendingAction]) -> Draft:
        """Sign anew what has expired: the same content and nonce, a later deadline."""
        fields = plain(value) | {"deadline": self.deadline}
        return self._sign(kind, restored(kind, fields), actions)

    def _sign_batch(self, batch: _OpenBatch) -> Draft:
        commitments = [action.commitment or ZERO for action in batch.actions]
        has_documents = any(each != ZERO for each in commitments)
        value = Batch(
            organisation=batch.organisation,
            deadline=self.deadline,
            nonce=self.nonces(batch.organisation),
            documents_root=documents_root(commitments) if has_documents else ZERO,
            manifest=self._manifest_of(batch.actions),
            actions=pack_actions([packed(action) for action in batch.actions]),
        )
        return self._sign("batch", value, batch.actions, batch.gas.bound)

    def _sign(
        self, kind: str, value: Signable, actions: list[PendingAction], gas: int = 0
    ) -> Draft:
        is_trade = kind in ("batch", "intent", "step")
        domain = self.deployment.order_domain if is_trade else self.deployment.auction_domain
        signed = digest(domain, value)
        signature = self.hosts[value.organisation].key.sign(signed)
        ids = [action.id for action in actions if action.id is not None]
        return Draft(value.organisation, kind, value, signature, signed, ids, gas)

    def _manifest_of(self, actions: list[PendingAction]) -> bytes:
        """Store the manifest of some wishes' documents; gives its digest, or zero when none."""
        entries = []
        for position, action in enumerate(actions):
            cid = self.cids.get(action.id or 0)
            if cid is not None and action.commitment is not None:
                entries.append(ManifestEntry(position, action.commitment, parse_cid(cid)))
        if not entries:
            return ZERO
        manifest = Manifest(tuple(entries))
        self.vault.put(manifest.to_block())
        return manifest.digest


def packed(action: PendingAction) -> Action:
    """Write a wish as an action of a batch."""
    assert action.agreement is not None
    assert action.number is not None
    row = lifecycle.row_named(action.machine, action.action)
    order = action.order_number if row.opens else 0
    return Action(action.agreement, row.id, action.number, order or 0)


def plain(value: Signable) -> dict[str, Any]:
    """Write what was signed as JSON: bytes as hex."""
    fields = {name: getattr(value, name) for name in value.__dataclass_fields__}
    return {name: one.hex() if isinstance(one, bytes) else one for name, one in fields.items()}


def restored(kind: str, fields: Mapping[str, Any]) -> Signable:
    """Read what `plain` wrote; fields that the type does not have are left out."""
    model = KINDS[kind]
    values: dict[str, Any] = {}
    for name, described in model.__dataclass_fields__.items():
        one = fields[name]
        if described.type is bytes:
            one = bytes.fromhex(one)
        values[name] = tuple(one) if isinstance(one, list) else one
    return model(**values)


def _grouped(actions: Iterable[PendingAction]) -> list[_OpenBatch]:
    batches: list[_OpenBatch] = []
    open_of: dict[int, int] = {}
    last_of: dict[tuple[int | None, int | None], int] = {}
    for action in actions:
        subject = (action.agreement, action.order_number)
        place = open_of.get(action.organisation)
        if place is None or place < last_of.get(subject, -1) or _is_full(batches[place]):
            batches.append(_OpenBatch(action.organisation))
            place = open_of[action.organisation] = len(batches) - 1
        batches[place].actions.append(action)
        batches[place].gas.add(packed(action), action.order_number or 0)
        last_of[subject] = place
    return batches


def _is_full(batch: _OpenBatch) -> bool:
    return len(batch.actions) >= ACTIONS_MAX or batch.gas.bound > GAS_MAX - 200_000
