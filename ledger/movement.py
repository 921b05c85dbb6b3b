"""Where orders and deliveries stand, from facts that come by the thousand.

Only the first and the last fact about a thing matter: the first opens it, the last says where it
stands. So a set of facts is a few statements, however many facts it has.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import bindparam
from sqlmodel import Session, SQLModel

from ledger import lifecycle
from ledger.database import portions
from ledger.errors import Corrupt
from ledger.model import Agreement, Delivery, Order
from ledger.model.table import table_of
from ledger.pair import Pair as Key
from ledger.pair import is_among
from ledger.standing import Row, Standing

_ISSUE: Final = lifecycle.row_named("order", "issue").id


def move_orders(standing: Standing, facts: Sequence[Row], times: dict[int, int]) -> None:
    """Fold facts about orders, in chain order."""
    issued = {_key(fact): fact for fact in facts if fact["action"] == _ISSUE}
    last = {_key(fact): fact for fact in facts}
    standing.load(Agreement, [(agreement,) for agreement, _ in issued])
    opened = []
    for (agreement, number), fact in issued.items():
        parties = standing.get(Agreement, agreement)
        if parties is None:
            raise Corrupt(problem=f"order {number} of agreement {agreement}, which does not exist")
        opened.append(
            {
                "agreement": agreement,
                "number": number,
                "buyer": parties["buyer"],
                "seller": parties["seller"],
                "issued_at": times[fact["block_number"]],
                **_place(last.pop((agreement, number)), times),
            }
        )
    _write(standing.session, Order, opened, last, times)


def move_deliveries(standing: Standing, facts: Sequence[Row], times: dict[int, int]) -> None:
    """Fold facts about deliveries, in chain order; fills in the order of each fact."""
    first: dict[Key, Row] = {}
    for fact in facts:
        first.setdefault(_key(fact), fact)
    last = {_key(fact): fact for fact in facts}
    orders = _orders_of(standing.session, list(first))
    opened = []
    for key, fact in first.items():
        if key in orders:
            continue
        if fact["order_number"] is None:
            raise Corrupt(problem=f"delivery {key[1]} of agreement {key[0]}, which does not exist")
        orders[key] = fact["order_number"]
        opened.append(
            {
                "agreement": key[0],
                "number": key[1],
                "order_number": orders[key],
                "opened_at": times[fact["block_number"]],
                **_place(last.pop(key), times),
            }
        )
    for fact in facts:
        fact["order_number"] = orders[_key(fact)]
    _write(standing.session, Delivery, opened, last, times)


def _key(fact: Row) -> Key:
    return fact["agreement"], fact["number"]


def _place(fact: Row, times: dict[int, int]) -> Row:
    return {
        "state": fact["state"],
        "changed_at": times[fact["block_number"]],
        "changed_block": fact["block_number"],
        "changed_log": fact["log_index"],
        "changed_position": fact["position"],
    }


def _orders_of(session: Session, deliveries: Sequence[Key]) -> dict[Key, int]:
    """Read the orders that deliveries belong to, of those that exist."""
    table = table_of(Delivery)
    key = (table.c.agreement, table.c.number)
    found: dict[Key, int] = {}
    for part in portions(deliveries):
        rows = table.select().with_only_columns(*key, table.c.order_number)
        for agreement, number, order in session.connection().execute(
            rows.where(is_among(*key, part))
        ):
            found[agreement, number] = order
    return found


def _write(
    session: Session,
    model: type[SQLModel],
    opened: list[Row],
    moved: dict[Key, Row],
    times: dict[int, int],
) -> None:
    table = table_of(model)
    if opened:
        session.connection().execute(table.insert(), opened)
    if not moved:
        return
    where = {"in_agreement": table.c.agreement, "of_number": table.c.number}
    change = table.update().where(*(column == bindparam(name) for name, column in where.items()))
    rows = [
        {"in_agreement": agreement, "of_number": number, **_place(fact, times)}
        for (agreement, number), fact in moved.items()
    ]
    found = session.connection().execute(change, rows).rowcount
    if found != len(rows):
        raise Corrupt(
            problem=f"of {len(rows)} rows of {table.name}, {len(rows) - found} are missing"
        )
