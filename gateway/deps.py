"""What routes ask for: the gateway, the caller, and one way to record a wish."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final, cast

from fastapi import Depends, Header, Request
from fastapi.security import HTTPBearer
from sqlalchemy import Engine

from gateway import idempotency
from gateway.access import Caller, Callers
from gateway.body import RawBody, read_body
from gateway.keeper import Keeper
from gateway.preference import wait_s
from gateway.pulse import Pulse
from gateway.recording import Recording
from gateway.settings import Settings
from ledger.deployment import Deployment
from ledger.queries import Queries
from ledger.runtime import LedgerRuntime
from ledger.vault import Vault
from ledger.vault.service import BlockService


@dataclass(frozen=True, slots=True)
class Gateway:
    """The parts of a running gateway."""

    settings: Settings
    deployment: Deployment
    ledger: LedgerRuntime
    vault: Vault
    blocks: BlockService
    callers: Callers
    pulse: Pulse
    keeper: Keeper

    @property
    def engine(self) -> Engine:
        """The database of the ledger and of the gateway's own tables."""
        return self.ledger.engine

    @property
    def queries(self) -> Queries:
        """Where everything of the ledger is read."""
        return self.ledger.queries


async def gateway_of(request: Request) -> Gateway:
    """Give the gateway that serves a request."""
    # Awaits nothing, but a plain function would cost each request a change of thread.
    return cast(Gateway, request.app.state.gateway)


GatewayDep = Annotated[Gateway, Depends(gateway_of)]

_BEARER = HTTPBearer(auto_error=False, description="An API key of one organisation hosted here.")


async def caller_of(
    request: Request, gateway: GatewayDep, _: Annotated[object, Depends(_BEARER)]
) -> Caller:
    """Tell for which organisation a request speaks."""
    return await gateway.callers.of(request.headers.get("authorization"))


CallerDep = Annotated[Caller, Depends(caller_of)]


_REPEATS: Final = "Makes the request safe to repeat: the first answer is given again."
_WAITS: Final = "`wait=10` waits until the chain has spoken."


async def recording_of(
    request: Request,
    gateway: GatewayDep,
    caller: CallerDep,
    body: RawBody,
    idempotency_key: Annotated[
        str | None,
        Header(description=_REPEATS),
    ] = None,
    prefer: Annotated[
        str | None,
        Header(description=_WAITS, examples=["wait=10"]),
    ] = None,
) -> Recording:
    """Prepare the recording of whatever a request asks for.

    Raises
    ------
    Unreachable
        If the chain does not answer: nothing is accepted that could not be judged.
    """
    return await _recording(request, gateway, caller, body, idempotency_key, prefer)


RecordingDep = Annotated[Recording, Depends(recording_of)]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request that records something, as the dependencies above would bring it."""

    gateway: Gateway
    organisation: int
    body: bytes
    recording: Recording


async def arrival_of(request: Request) -> Arrival:
    """Prepare a request that records something, where thousands come a second.

    The framework looks at every dependency of every request anew, which costs more than all else.
    A route that calls this says with `ARRIVAL_DESCRIBED` what its signature does not.
    """
    gateway: Gateway = request.app.state.gateway
    headers = request.headers
    caller = await gateway.callers.of(headers.get("authorization"))
    body = await read_body(request)
    key, prefer = headers.get("idempotency-key"), headers.get("prefer")
    recording = await _recording(request, gateway, caller, body, key, prefer)
    return Arrival(gateway, caller.organisation, body, recording)


ARRIVAL_DESCRIBED: Final[dict[str, Any]] = {
    "security": [{_BEARER.scheme_name: []}],
    "parameters": [
        {
            "name": name,
            "in": "header",
            "required": False,
            "schema": {"type": "string"},
            "description": description,
        }
        for name, description in (("Idempotency-Key", _REPEATS), ("Prefer", _WAITS))
    ],
}


async def _recording(
    request: Request,
    gateway: Gateway,
    caller: Caller,
    body: bytes,
    idempotency_key: str | None,
    prefer: str | None,
) -> Recording:
    ticket = idempotency.ticket_of(
        caller.organisation,
        idempotency_key,
        request.method.encode(),
        request.url.path.encode(),
        request.url.query.encode(),
        request.headers.get("content-type", "").encode(),
        request.headers.get("if-match", "").encode(),
        body,
    )
    await gateway.pulse.require()
    longest_s = gateway.settings.gateway.wait_s_max
    return Recording(gateway.ledger, ticket, wait_s(prefer, longest_s))


IfMatch = Annotated[
    str | None,
    Header(description="ETag of what the caller decided on; refused when it has moved on since."),
]
