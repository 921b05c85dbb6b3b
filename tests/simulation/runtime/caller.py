"""Makes up what the people of a company want next, mostly what they may."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ledger.acceptance import Accepted
from ledger.desk import Wish
from ledger.intent import Intent, digest
from ledger.lifecycle import Row, row_named, rows
from ledger.queries import OrderView
from ledger.runtime import LedgerRuntime
from ledger.sitting import Outcome
from tests.gateways import TERMS, purchase
from tests.simulation.runtime.company import Company
from tests.simulation.runtime.harbour import AGREEMENTS, FAR_FUTURE_S
from tests.simulation.runtime.promise import Ask, Promise, Within

DOCUMENTS_MAX = 4
"""Sealing and opening is most of what a voyage costs."""

OPENING = frozenset({"announce", "despatch"})
ILLEGAL = ("confirm", "withdraw", "close", "accept_offer", "issue", "despatch", "accept_cancel")


@dataclass
class Caller:
    """Asks for a company's organisations."""

    company: Company
    rng: random.Random
    first_key: int
    documents: int = 0
    promises: list[Promise] = field(default_factory=list)
    proposed: list[int] = field(default_factory=list)

    def next(self, runtime: LedgerRuntime) -> Promise | None:
        """Make one request up; none when there is nothing to want."""
        moves = (self._single, self._bulk, self._signed, self._step, self._propose)
        (move,) = self.rng.choices(moves, (50, 25, 15, 6, 4))
        organisation = self.rng.choice(list(self.company.hosts))
        found = move(runtime, organisation)
        if found is None:
            return None
        told, ask = found
        promise = Promise(self.first_key + len(self.promises), told, ask)
        self.promises.append(promise)
        return promise

    def _single(self, runtime: LedgerRuntime, organisation: int) -> tuple[str, Ask] | None:
        wish = self._wish(runtime, organisation)
        if wish is None:
            return None

        async def ask(runtime: LedgerRuntime, within: Within) -> Accepted:
            return await runtime.desk.record(organisation, wish, within)

        return _told(organisation, wish), ask

    def _bulk(self, runtime: LedgerRuntime, organisation: int) -> tuple[str, Ask] | None:
        agreement = self.rng.choice([*AGREEMENTS])
        if AGREEMENTS[agreement][0] == organisation and self.rng.random() < 0.6:
            count = self.rng.choice((2, 5, 12))
            wishes = [Wish(agreement=agreement, action="issue") for _ in range(count)]
        else:
            found = [self._wish(runtime, organisation) for _ in range(4)]
            wishes = [each for each in found if each is not None]
        if not wishes:
            return None

        async def ask(runtime: LedgerRuntime, within: Within) -> Sequence[Outcome]:
            return await runtime.desk.record_all(organisation, wishes, within)

        return "; ".join(_told(organisation, each) for each in wishes), ask

    def _signed(self, runtime: LedgerRuntime, organisation: int) -> tuple[str, Ask] | None:
        wish = self._wish(runtime, organisation, is_numbered=True)
        if wish is None or wish.number is None:
            return None
        row = _row_of(wish.action)
        intent = Intent(
            organisation=organisation,
            deadline=FAR_FUTURE_S,
            nonce=self.rng.randrange(2**60),
            agreement=wish.agreement,
            action=row.id,
            number=wish.number,
            order=wish.order or 0,
            document=bytes(32),
            manifest=bytes(32),
        )
        key = self.company.hosts[organisation].key
        signature = key.sign(digest(self.company.deployment.order_domain, intent))

        async def ask(runtime: LedgerRuntime, within: Within) -> Accepted:
            return await runtime.desk.record_signed(intent, signature, within)

        return f"signed {_told(organisation, wish)}", ask

    def _step(self, runtime: LedgerRuntime, organisation: int) -> tuple[str, Ask] | None:
        agreements = [one.row.number for one in runtime.queries.agreements(organisation)]
        fresh = [one for one in agreements if one not in AGREEMENTS]
        if not fresh:
            return None
        agreement = self.rng.choice(fresh)
        action = self.rng.choice(("sign", "sign", "sign", "decline"))

        async def ask(runtime: LedgerRuntime, within: Within) -> Accepted:
            return await runtime.desk.step(organisation, agreement, action, within=within)

        return f"{organisation} {action}s {agreement}", ask

    def _propose(self, runtime: LedgerRuntime, organisation: int) -> tuple[str, Ask]:
        seats = (organisation, organisation % 2 + 1, 0, 0, 0)

        async def ask(runtime: LedgerRuntime, within: Within) -> Accepted:
            return await runtime.desk.propose(
                organisation, seats=seats, notice_days=30, terms=TERMS, within=within
            )

        return f"{organisation} proposes to {seats[1]}", ask

    def _wish(
        self, runtime: LedgerRuntime, organisation: int, is_numbered: bool = False
    ) -> Wish | None:
        orders = runtime.queries.orders(organisation, is_open=True)
        if not orders or self.rng.random() < 0.35:
            mine = [each for each, seats in AGREEMENTS.items() if seats[0] == organisation]
            if not mine:
                return None
            agreement = self.rng.choice(mine)
            number = self.rng.randint(500, 999) if is_numbered else None
            document = None if is_numbered else self._document()
            return Wish(agreement=agreement, action="issue", number=number, document=document)
        order = self.rng.choice(orders[:12])
        if self.rng.random() < 0.4:
            wish = self._about_delivery(runtime, organisation, order)
            if wish is not None:
                return wish
        allowed = list(ILLEGAL) if self.rng.random() < 0.15 else order.allowed_actions
        if not allowed:
            return None
        action = self.rng.choice(allowed)
        is_new = action in OPENING
        number = self.rng.randint(500, 999) if is_numbered and is_new else None
        return Wish(
            agreement=order.agreement,
            action=action,
            number=number if is_new else order.number,
            order=order.number if is_new else None,
            document=None if is_numbered else self._document(),
        )

    def _about_delivery(
        self, runtime: LedgerRuntime, organisation: int, order: OrderView
    ) -> Wish | None:
        found = runtime.queries.deliveries(organisation, order.agreement, order.number)
        ready = [each for each in found if each.allowed_actions]
        if not ready:
            return None
        delivery = self.rng.choice(ready)
        action = self.rng.choice(delivery.allowed_actions)
        return Wish(
            agreement=order.agreement,
            action=action,
            number=delivery.number,
            order=order.number if action in OPENING else None,
        )

    def _document(self) -> dict[str, Any] | None:
        if self.documents >= DOCUMENTS_MAX or self.rng.random() > 0.5:
            return None
        self.documents += 1
        return purchase(f"PO-{self.first_key}-{self.documents}")


def _told(organisation: int, wish: Wish) -> str:
    subject = wish.number or f"new of {wish.order}"
    return f"{organisation} {wish.action} {wish.agreement >> 32}-{wish.agreement & 255} {subject}"


def _row_of(action: str) -> Row:
    is_order = any(row.action == action for row in rows("order"))
    return row_named("order" if is_order else "delivery", action)
