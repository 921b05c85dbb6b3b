"""A gateway's tables as if a chain had filled them, for tests of what needs none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from gateway.database import migrate
from ledger import lifecycle
from ledger.backlog import Limits
from ledger.database import connect, writing
from ledger.deployment import Deployment
from ledger.deployment_plan import Plan
from ledger.desk import Desk
from ledger.document.encryption_key import new_encryption_key, public_bytes
from ledger.feed import Bell
from ledger.host import Host
from ledger.key import SigningKey
from ledger.model import Agreement, Delivery, Order, Organisation, OrganisationKey
from ledger.role import Permission
from ledger.vault import FileVault

AGREEMENT = 1 << 32 | 1
"""In force between buyer 1 and seller 2."""


@dataclass
class Tables:
    """Buyer (1), seller (2) and a stranger (3), all hosted here."""

    engine: Engine
    hosts: dict[int, Host]
    deployment: Deployment
    vault: FileVault

    def desk(self, limits: Limits | None = None) -> Desk:
        """Make a desk over the tables."""
        return Desk(
            self.engine, self.vault, self.deployment, self.hosts, Bell(), limits or Limits()
        )

    def agree(self, number: int, state: str = "Active", ends_at: int = 0) -> None:
        """Put an agreement between 1 and 2 into the tables."""
        row = Agreement(
            number=number,
            buyer=1,
            seller=2,
            state=lifecycle.state_number("agreement", state),
            unsigned=0,
            notice_days=30,
            ends_at=ends_at,
            proposed_at=1,
            changed_at=1,
        )
        self._put([row])

    def order(self, number: int, state: str, agreement: int = AGREEMENT) -> None:
        """Put an order into the tables."""
        row = Order(
            agreement=agreement,
            number=number,
            buyer=1,
            seller=2,
            state=lifecycle.state_number("order", state),
            issued_at=1,
            **_CHANGED,
        )
        self._put([row])

    def delivery(self, number: int, order: int, state: str, agreement: int = AGREEMENT) -> None:
        """Put a delivery into the tables."""
        row = Delivery(
            agreement=agreement,
            number=number,
            order_number=order,
            state=lifecycle.state_number("delivery", state),
            opened_at=1,
            **_CHANGED,
        )
        self._put([row])

    def put(self, *rows: Any) -> None:
        """Put any rows into the tables."""
        self._put(rows)

    def _put(self, rows: Any) -> None:
        with writing(self.engine) as session:
            _add(session, rows)


_CHANGED = {"changed_at": 1, "changed_block": 1, "changed_log": 0, "changed_position": 0}


def filled(url: str, folder: Path) -> Tables:
    """Make a database with three members and one agreement."""
    engine = connect(url)
    migrate(engine)
    council = SigningKey.create().address
    deployment = Deployment.of(Plan.of(council), 31337, 1)
    hosts: dict[int, Host] = {}
    tables = Tables(engine, hosts, deployment, FileVault(folder / "vault"))
    with writing(engine) as session:
        for number in (1, 2, 3):
            key, secret = SigningKey.create(), new_encryption_key()
            hosts[number] = Host(number, key, {1: secret})
            member = Organisation(
                number=number,
                roles=1,
                name=f"Member {number}",
                endpoint="",
                encryption_epoch=1,
                encryption_key=public_bytes(secret),
            )
            held = OrganisationKey(
                organisation=number, address=key.address, permissions=Permission.ALL
            )
            _add(session, [member, held])
    tables.agree(AGREEMENT)
    return tables


def _add(session: Session, rows: Any) -> None:
    for row in rows:
        session.add(row)
