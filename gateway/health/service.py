"""What a gateway needs to do its work, and whether it is there."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Final

from sqlalchemy import text

from gateway.deps import Gateway
from gateway.health.schemas import CheckView, ReadinessView
from gateway.problems import problem_of
from ledger.database import reading

LAG_BLOCKS_MAX: Final = 20

Check = Callable[[Gateway], Awaitable[str]]
"""Says how a part is; raises when it does not work."""


class _NotReady(Exception):
    """A part does not do its work."""


async def read_readiness(gateway: Gateway) -> ReadinessView:
    """Look at everything that the gateway needs."""
    checks = {name: await _checked(gateway, check) for name, check in _CHECKS.items()}
    missing = [name for name, check in checks.items() if not check.is_ready]
    return ReadinessView(
        status="not ready" if missing else "ready",
        missing=missing,
        checks=checks,
        organisations=sorted(gateway.settings.organisations),
    )


async def _checked(gateway: Gateway, check: Check) -> CheckView:
    try:
        return CheckView(is_ready=True, detail=await check(gateway))
    except _NotReady as error:
        return CheckView(is_ready=False, detail=str(error))
    except Exception as error:
        # Whatever it is, readiness must say so and not fail itself.
        return CheckView(is_ready=False, detail=problem_of(error).detail)


async def _chain(gateway: Gateway) -> str:
    return f"block {await gateway.pulse.require()}"


async def _database(gateway: Gateway) -> str:
    def ask() -> None:
        with reading(gateway.engine) as session:
            session.connection().execute(text("SELECT 1"))

    await asyncio.to_thread(ask)
    return gateway.engine.dialect.name


async def _vault(gateway: Gateway) -> str:
    folder = gateway.settings.path(gateway.settings.vault.folder)
    if not os.access(folder, os.W_OK):
        raise _NotReady("its folder cannot be written")
    return "writable"


async def _lag(gateway: Gateway) -> str:
    head = await gateway.pulse.require()
    block, _ = await asyncio.to_thread(gateway.queries.cursor)
    behind = head - block
    if block < 0 or behind > LAG_BLOCKS_MAX:
        raise _NotReady(f"{behind} blocks behind the chain")
    return f"{max(behind, 0)} blocks behind the chain"


async def _workers(gateway: Gateway) -> str:
    failure = gateway.ledger.failure
    if failure is not None:
        raise _NotReady(f"a worker has stopped: {type(failure).__name__}")
    if gateway.keeper.refusal is not None:
        raise _NotReady(f"{gateway.keeper.refusal.name}: {gateway.keeper.refusal}")
    if not gateway.keeper.has_started:
        raise _NotReady("waiting for the chain and its contracts")
    return "running"


_CHECKS: Final[dict[str, Check]] = {
    "chain": _chain,
    "database": _database,
    "vault": _vault,
    "lag": _lag,
    "workers": _workers,
}
