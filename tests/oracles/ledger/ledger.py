"""The ledger's three ways in, in the slowest, plainest way; times are Unix seconds.

Shares no code with `ledger/` nor with the contracts, so that chain and model can be compared.
"""

from collections.abc import Sequence
from typing import Any

from tests.oracles.ledger.agreement import Agreements
from tests.oracles.ledger.authority import AGREE, RECORD, Authority
from tests.oracles.ledger.delivery import Deliveries
from tests.oracles.ledger.order import Orders
from tests.oracles.ledger.refusal import Event, Refusal, Undone
from tests.oracles.ledger.registry import Registry
from tests.oracles.ledger.signature import Accounts
from tests.oracles.ledger.stream import Broken, Record, Selected, read
from tests.oracles.ledger.table import index_of, is_opening, machine_of, row_of

Fields = dict[str, Any]
"""A batch, an intent or a step by its fields' Solidity names, and its EIP-712 `digest`."""


class Ledger:
    """Agreements, orders and deliveries, and who may change them."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.accounts = Accounts()
        self.authority = Authority(registry, self.accounts)
        self.agreements = Agreements()
        self.orders = Orders()
        self.deliveries = Deliveries(self.orders)

    def submit(
        self, caller: str, now: int, batches: Sequence[Fields], signatures: Sequence[bytes]
    ) -> list[Event]:
        """Record batches, each by itself."""
        if len(batches) != len(signatures):
            raise Refusal("LedgerBatchSizesDiffer", len(batches), len(signatures))
        events: list[Event] = []
        for batch, signature in zip(batches, signatures, strict=True):
            try:
                self._hear(batch, RECORD, signature, caller, now)
            except Undone:
                raise
            except Refusal as refusal:
                events.append(_intent_refused(batch, refusal))
                continue
            self.authority.use(batch["organisation"], batch["nonce"])
            events += self._read(batch, now)
            events.append(_batch_recorded(batch))
        return events

    def submit_intents(
        self, caller: str, now: int, intents: Sequence[Fields], signatures: Sequence[bytes]
    ) -> list[Event]:
        """Record individually signed intents, each by itself."""
        if len(intents) != len(signatures):
            raise Refusal("LedgerBatchSizesDiffer", len(intents), len(signatures))
        events: list[Event] = []
        for intent, signature in zip(intents, signatures, strict=True):
            try:
                self._hear(intent, RECORD, signature, caller, now)
                # A ledger that then says no to the action itself has heard the intent.
                self.authority.use(intent["organisation"], intent["nonce"])
                self._act(intent, now)
            except Undone:
                raise
            except Refusal as refusal:
                events.append(_intent_refused(intent, refusal))
            else:
                events.append(_intent_recorded(intent))
        return events

    def agree(self, caller: str, now: int, step: Fields, signature: bytes) -> list[Event]:
        """Take one step in an agreement's life; a refusal leaves everything as it was."""
        self._hear(step, AGREE, signature, caller, now)
        events = self.agreements.take(step, len(self.registry.members), now)
        self.authority.use(step["organisation"], step["nonce"])
        agreement = self.agreements.of(step["agreement"])
        fields = {
            "agreement": step["agreement"],
            "organisation": step["organisation"],
            "action": step["action"],
            "state": index_of("agreement", agreement.state),
            "unsigned": agreement.unsigned_bits,
            "endsAt": agreement.ends_at,
            "terms": step["terms"],
            "manifest": step["manifest"],
            "intent": step["digest"],
        }
        return [*events, ("AgreementStepped", fields)]

    def _hear(self, said: Fields, permission: int, signature: bytes, caller: str, now: int) -> None:
        self.authority.hear(
            said["organisation"],
            permission,
            said["deadline"],
            said["nonce"],
            said["digest"],
            signature,
            caller,
            now,
        )

    def _act(self, intent: Fields, now: int) -> None:
        agreement, action = intent["agreement"], intent["action"]
        self._need_seat(intent["organisation"], agreement, action, now)
        if intent["order"] != 0 and not is_opening(action):
            arguments = (agreement, intent["number"], intent["order"])
            raise Refusal("LedgerOrderUnexpected", *arguments)
        self._step(agreement, action, intent["number"], intent["order"])

    def _read(self, batch: Fields, now: int) -> list[Event]:
        events: list[Event] = []
        agreement = 0
        position = 0
        for record in read(batch["actions"]):
            if isinstance(record, Selected):
                agreement = record.agreement
            elif isinstance(record, Broken):
                refusal = Refusal("LedgerActionsMalformed", record.offset)
                events.append(_action_refused(batch, position, 1, refusal))
            else:
                events += self._take(batch, agreement, position, record, now)
                position = position + len(record.entries)
        return events

    def _take(
        self, batch: Fields, agreement: int, position: int, record: Record, now: int
    ) -> list[Event]:
        try:
            self._need_seat(batch["organisation"], agreement, record.action, now)
        except Refusal as refusal:
            return [_action_refused(batch, position, len(record.entries), refusal)]
        events: list[Event] = []
        before = None
        for place, (number, order) in enumerate(record.entries, position):
            state = self.orders.state(agreement, number)
            try:
                self._step(agreement, record.action, number, order)
            except Refusal as refusal:
                here = (state, number // 64)
                is_joined = here == before and record.is_run
                if is_joined and machine_of(record.action) == "order":
                    events[-1][1]["count"] += 1
                else:
                    events.append(_action_refused(batch, place, 1, refusal))
                before = here
            else:
                before = None
        return events

    def _need_seat(self, organisation: int, agreement: int, action: int, now: int) -> None:
        machine = machine_of(action)
        if machine is None:
            raise Refusal("LedgerActionUnknown", action)
        if self.agreements.of(agreement).state == "None":
            raise Refusal("AgreementUnknown", agreement)
        row = row_of(machine, action)
        assert row is not None
        if not self.agreements.of(agreement).seats_of(organisation) & set(row["by"]):
            raise Refusal("LedgerSeatMissing", agreement, organisation, action)
        if row["action"] == "issue":
            self.agreements.need_open(agreement, now)

    def _step(self, agreement: int, action: int, number: int, order: int) -> None:
        if machine_of(action) == "order":
            self.orders.step(agreement, number, action)
        else:
            self.deliveries.step(agreement, number, action, order)


def _intent_refused(said: Fields, refusal: Refusal) -> Event:
    fields = {"organisation": said["organisation"], "intent": said["digest"]}
    return ("IntentRefused", {**fields, "problem": refusal.told})


def _intent_recorded(intent: Fields) -> Event:
    step = intent["order"]
    step = step + intent["number"] * 2**32
    step = step + intent["action"] * 2**64
    step = step + intent["agreement"] * 2**72
    fields = {
        "organisation": intent["organisation"],
        "intent": intent["digest"],
        "step": step,
        "document": intent["document"],
        "manifest": intent["manifest"],
    }
    return ("IntentRecorded", fields)


def _batch_recorded(batch: Fields) -> Event:
    fields = {
        "organisation": batch["organisation"],
        "batch": batch["digest"],
        "documentsRoot": batch["documentsRoot"],
        "manifest": batch["manifest"],
        "actions": batch["actions"],
    }
    return ("BatchRecorded", fields)


def _action_refused(batch: Fields, position: int, count: int, refusal: Refusal) -> Event:
    fields = {"batch": batch["digest"], "position": position, "count": count}
    return ("ActionRefused", {**fields, "problem": refusal.told})
