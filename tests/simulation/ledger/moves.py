"""Whole transactions of the ledger: batches, intents and steps of agreements."""

from typing import Any

from tests.oracles.ledger.authority import AGREE, RECORD
from tests.oracles.ledger.table import SEATS
from tests.simulation.ledger.call import Call
from tests.simulation.ledger.cast import Cast
from tests.simulation.ledger.signing import Notary, Sender, Signed
from tests.simulation.ledger.steps import Steps
from tests.simulation.ledger.streams import stream
from tests.simulation.ledger.typed_data import digest
from tests.simulation.ledger.wish import Wisher

KEPT = 400
"""How many signed things are remembered, to be sent again."""

LIVING = 10
"""How many of the latest agreements most actions are about."""

SPOILABLE = {"submitIntents": (3, 4, 5, 6, 7, 8), "agree": (0, 1, 2, 3, 5, 7, 8, 11)}
"""Words of the first intent, and of a step, whose type is shorter than a word."""


class Moves:
    """Makes transactions up from what the model says of the world."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.rng = cast.rng
        self.notary = Notary(cast)
        self.wisher = Wisher(cast.duel.ledger, cast.rng)
        self.steps = Steps(cast)
        self.kept: dict[str, list[Signed]] = {"Batch": [], "Intent": [], "AgreementStep": []}

    def submit(self) -> Call:
        """Send batches of one or several members."""
        self.wisher.begin()
        organisation = self._member()
        sender = self.notary.sender(organisation, RECORD)
        signed = []
        for _ in range(self.rng.choice((1, 2, 4, 6, 8))):
            fields = self._batch(organisation)
            signed.append(self._again("Batch", fields, sender))
            if self.rng.random() < 0.6:
                organisation = self._member()
        return self._sent("submit", signed, sender)

    def submit_intents(self) -> Call:
        """Send individually signed intents of one or several members."""
        self.wisher.begin()
        if self.rng.random() < 0.02:
            return self._starved()
        organisation = self._member()
        sender = self.notary.sender(organisation, RECORD)
        signed = []
        for _ in range(self.rng.choice((1, 4, 8, 15, 25))):
            fields = self._intent(organisation)
            signed.append(self._again("Intent", fields, sender))
            if self.rng.random() < 0.4:
                organisation = self._member()
        return self._sent("submitIntents", signed, sender)

    def found(self) -> Call:
        """Send a step that brings an agreement into force."""
        fields = self.steps.founding()
        fields, _ = self.notary.signed("AgreementStep", fields, Sender(""))
        key = self.cast.firms[fields["organisation"]].keys[0]
        return Call("OrderLedger", "agree", (fields, b""), key.own_address)

    def agree(self) -> Call:
        """Send a step of an agreement."""
        fields = self.steps.step()
        sender = self.notary.sender(fields["organisation"], AGREE)
        step, signature = self._again("AgreementStep", fields, sender)
        return Call(
            "OrderLedger",
            "agree",
            (step, signature),
            sender.address,
            sender.via,
            spoilt=self._spoilt("agree"),
        )

    def _sent(self, function: str, signed: list[Signed], sender: Sender) -> Call:
        signatures = [signature for _, signature in signed]
        spoilt = self._spoilt(function)
        if spoilt is None and self.rng.random() < 0.01:
            signatures = [*signatures, b""] if self.rng.random() < 0.5 else signatures[:-1]
        return Call(
            "OrderLedger",
            function,
            ([fields for fields, _ in signed], signatures),
            sender.address,
            sender.via,
            spoilt=spoilt,
        )

    def _spoilt(self, function: str) -> int | None:
        if function in SPOILABLE and self.rng.random() < 0.008:
            return self.rng.choice(SPOILABLE[function])
        return None

    def _starved(self) -> Call:
        """Send one intent of a contract account with too little gas to ask it."""
        owners = [key for firm in self.cast.firms.values() for key in firm.keys if key.account]
        fields = self._intent(self._member())
        fields, _ = self.notary.signed("Intent", fields, Sender(""))
        signature = self.rng.choice(owners).sign(fields["digest"])
        sender = self.rng.choice(self.cast.outsiders).own_address
        said = ([fields], [signature])
        return Call("OrderLedger", "submitIntents", said, sender, is_gas_short=True)

    def _again(self, kind: str, fields: dict[str, Any], sender: Sender) -> Signed:
        """Sign something new; or take something signed before, as it was or changed a little."""
        kept, rng = self.kept[kind], self.rng
        if kept and rng.random() < 0.035:
            fields, signature = rng.choice(kept)
            if rng.random() < 0.25:
                fields = self._changed(kind, fields)
            return fields, signature
        signed = self.notary.signed(kind, fields, sender)
        if signed[1] != b"":
            kept.append(signed)
            del kept[:-KEPT]
        if rng.random() < 0.02:
            # Held back: it may be sent later, when its deadline has come or its key has gone.
            signed = self.notary.signed(kind, fields, sender)
        return signed

    def _changed(self, kind: str, fields: dict[str, Any]) -> dict[str, Any]:
        field = self.rng.choice(("organisation", "nonce", "deadline", "manifest"))
        value = fields[field]
        if field == "organisation":
            fields = fields | {field: self._member()}
        else:
            fields = fields | {field: bytes(32) if field == "manifest" else value ^ 4}
        return fields | {"digest": digest(self.notary.domain, kind, fields)}

    def _member(self) -> int:
        """Pick a member, mostly by a seat in an agreement that is alive."""
        agreements = self.cast.duel.ledger.agreements
        living = self._living()
        if self.rng.random() < 0.02:
            return self.rng.choice([*self.cast.firms, 0, 99, 2**32 - 1])
        seats = agreements.of(self.rng.choice(living)).seats
        (seat,) = self.rng.choices(SEATS, (6, 8, 1, 2, 4))
        return seats[seat] or seats["seller"]

    def _agreements(self, organisation: int) -> list[int]:
        """List agreements that a member might act in; now and then others."""
        agreements = self.cast.duel.ledger.agreements
        if self.rng.random() < 0.05:
            return [self.rng.choice([*self.steps.proposed, 0, 1, organisation << 32])]
        living = self._living()
        return [one for one in living if agreements.of(one).seats_of(organisation)] or living

    def _living(self) -> list[int]:
        """List the agreements that matter now: those in force, or sometimes the latest."""
        in_force = self.steps.in_force()
        return in_force if in_force and self.rng.random() < 0.9 else self.steps.proposed[-LIVING:]

    def _batch(self, organisation: int) -> dict[str, Any]:
        now = self.cast.duel.now
        actions = stream(self.wisher, organisation, self._agreements(organisation), now)
        if self.rng.random() < 0.01:
            actions = self.rng.choice((b"", self.rng.randbytes(50), actions[9:]))
        root = self.rng.choice((bytes(32), self.rng.randbytes(32)))
        return {"organisation": organisation, "documentsRoot": root, "actions": actions}

    def _intent(self, organisation: int) -> dict[str, Any]:
        rng = self.rng
        agreement = rng.choice(self._agreements(organisation))
        likely = None
        for _ in range(rng.choice((0, 3, 3, 3, 3, 3, 3))):
            likely = likely or self.wisher.likely(organisation, agreement, self.cast.duel.now)
            if likely is None:
                organisation = self._member()
                agreement = rng.choice(self._agreements(organisation))
        if likely is None:
            action, number, order = self.wisher.wild(agreement)
        else:
            action, number, order = rng.choice(likely[1])
            self.wisher.remember(agreement, [(action, number, order)])
        if rng.random() < 0.02:
            order = rng.choice((0, 1, 2**32 - 1))
        if rng.random() < 0.01:
            action = rng.choice((0, action + 128, 255))
        document = rng.choice((bytes(32), rng.randbytes(32)))
        fields = {"organisation": organisation, "agreement": agreement, "action": action}
        return fields | {"number": number, "order": order, "document": document}
