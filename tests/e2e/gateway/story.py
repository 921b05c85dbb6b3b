"""Steps that many tests begin with."""

from __future__ import annotations

from typing import Any

from tests.e2e.gateway.world import BRAND, SUPPLIER, Desk, World
from tests.unit.gateway import papers


async def agree(world: World) -> str:
    """Bring an agreement between brand and supplier into force."""
    async with world.desk(BRAND) as brand, world.desk(SUPPLIER) as supplier:
        for desk in (brand, supplier):
            # A gateway that has just begun has yet to read who its members are.
            await desk.until(f"/v1/organisations/{desk.number}", bool)
        body = {
            "seats": {"buyer": brand.number, "seller": supplier.number},
            "notice_days": 30,
            "terms": papers.terms(brand.number, supplier.number),
        }
        agreement: str = (await brand.record("/v1/agreements", body))["agreement"]
        path = f"/v1/agreements/{agreement}"
        await supplier.until(path, lambda found: found["terms"] is not None)
        await supplier.record(f"{path}/sign")
        await brand.until(path, lambda found: found["state"] == "Active")
        return agreement


async def issue(brand: Desk, agreement: str, *quantities: str) -> str:
    """Issue an order and wait until it is recorded."""
    body = {"agreement": agreement, "document": papers.order(*quantities)}
    order: str = (await brand.record("/v1/orders", body))["order"]
    return order


async def opened(desk: Desk, order: str) -> Any:
    """Wait until a member has opened an order."""
    return await desk.until(f"/v1/orders/{order}", lambda found: found["document"] is not None)


async def confirm(brand: Desk, supplier: Desk, agreement: str, *quantities: str) -> str:
    """Issue an order and have it confirmed; both gateways know."""
    order = await issue(brand, agreement, *quantities)
    await opened(supplier, order)
    await supplier.record(f"/v1/orders/{order}/confirm")
    await reach(brand, f"/v1/orders/{order}", "Confirmed")
    return order


async def reach(desk: Desk, path: str, state: str) -> Any:
    """Wait until a member sees something in a state."""
    return await desk.until(path, lambda found: found["ledger_state"] == state)


def act(document: dict[str, Any] | None = None) -> dict[str, Any]:
    """The body of an action."""
    return {"document": document} if document else {}
