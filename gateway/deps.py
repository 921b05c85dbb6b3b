"""What routes ask for: the gateway, the caller, and one way to record a wish."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Header, Request
from fastapi.security import HTTPBearer
from sqlalchemy import Engine

from gateway import access, idempotency
from gateway.access import Caller
from gateway.body import RawBody
from gateway.keeper import Keeper
from gateway.preference import wait_s
from gateway.pulse import Pulse
from gateway.recording import Recording
from gateway.settings import Settings
from ledger.database import reading
from ledger.deployment import Deployment
from ledger.queries import Queries
from ledger.runtime import LedgerRuntime
from ledger.vault import Vault


@dataclass(frozen=True, slots=True)
class Gateway:
    """The parts of a running gateway."""

    settings: Settings
    deployment: Deployment
    ledger: LedgerRuntime
    vault: Vault
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


def caller_of(
    request: Request, gateway: GatewayDep, _: Annotated[object, Depends(_BEARER)]
) -> Caller:
    """Tell for which organisation a request speaks."""
    header = request.headers.get("authorization")
    with reading(gateway.engine) as session:
        return access.authenticate(session, header, gateway.settings.organisations)


CallerDep = Annotated[Caller, Depends(caller_of)]


async def recording_of(
    request: Request,
    gateway: GatewayDep,
    caller: CallerDep,
    body: RawBody,
    idempotency_key: Annotated[
        str | None,
        Header(description="Makes the request safe to repeat: the first answer is given again."),
    ] = None,
    prefer: Annotated[
        str | None,
        Header(description="`wait=10` waits until the chain has spoken.", examples=["wait=10"]),
    ] = None,
) -> Recording:
    """Prepare the recording of whatever a request asks for.

    Raises
    ------
    Unreachable
        If the chain does not answer: nothing is accepted that could not be judged.
    """
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


RecordingDep = Annotated[Recording, Depends(recording_of)]

IfMatch = Annotated[
    str | None,
    Header(description="ETag of what the caller decided on; refused when it has moved on since."),
]
