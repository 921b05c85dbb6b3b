"""Health and readiness; both need no key."""

from __future__ import annotations

from fastapi import APIRouter, Response

from gateway.deps import GatewayDep
from gateway.health import service
from gateway.health.schemas import HealthView, ReadinessView

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def read_health() -> HealthView:
    """Tell that the process lives."""
    return HealthView()


@router.get("/readyz", responses={503: {"model": ReadinessView, "description": "Not ready"}})
async def read_readiness(gateway: GatewayDep, response: Response) -> ReadinessView:
    """Tell whether the gateway can do its work; 503 names what is missing."""
    view = await service.read_readiness(gateway)
    if view.missing:
        response.status_code = 503
        response.headers["Retry-After"] = "1"
    return view
