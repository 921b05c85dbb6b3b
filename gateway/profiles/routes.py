"""Partner profiles over HTTP: stored as TOML, every version kept."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response

from gateway.answer import READ_PROBLEMS, Page, problems
from gateway.deps import CallerDep, GatewayDep
from gateway.inbox.schemas import NO_NUL
from gateway.profiles import service
from gateway.profiles.schemas import ProfileView
from ledger.database import in_thread

router = APIRouter(prefix="/v1/profiles", tags=["profiles"])

Name = Annotated[str, Path(max_length=200, pattern=NO_NUL, description="Of the partner.")]
TOML: Final = "application/toml"
_UNKNOWN: Final = READ_PROBLEMS | problems(ProfileUnknown=404)
_STORED: Final = READ_PROBLEMS | problems(
    InvalidProfile=422,
    ProfileVersionTaken=409,
    ProfileAddressTaken=409,
    ProfileLimitReached=409,
    BodyTooLarge=413,
)
_PROFILE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            TOML: {"schema": {"type": "string", "description": "A profile: docs/profiles.md."}}
        },
    }
}


@router.put("/{name}", openapi_extra=_PROFILE, responses=_STORED)
async def store_profile(
    request: Request, gateway: GatewayDep, caller: CallerDep, name: Name, response: Response
) -> ProfileView:
    """Have a partner's messages read, and written to it, by this profile from now on.

    A content that was not in use before is answered `201`. A version stands for one content.
    """
    content = await request.body()
    stored, is_new = await in_thread(
        service.store, gateway.engine, caller.organisation, name, content
    )
    response.status_code = 201 if is_new else 200
    return stored


@router.get("", responses=READ_PROBLEMS)
def list_profiles(gateway: GatewayDep, caller: CallerDep) -> Page[ProfileView]:
    """List the profiles in use."""
    return service.profiles(gateway.engine, caller.organisation)


@router.get("/{name}", responses=_UNKNOWN)
def read_profile(gateway: GatewayDep, caller: CallerDep, name: Name) -> ProfileView:
    """Read what a profile says about whom it is of, and which versions of it there were."""
    return service.profile(gateway.engine, caller.organisation, name)


@router.get(
    "/{name}/content",
    response_class=Response,
    responses=_UNKNOWN | {200: {"content": {TOML: {}}, "description": "The profile."}},
)
def read_profile_content(
    gateway: GatewayDep,
    caller: CallerDep,
    name: Name,
    version: Annotated[
        str | None, Query(max_length=40, pattern=NO_NUL, description="The last one.")
    ] = None,
) -> Response:
    """Read a profile as it was stored."""
    content = service.content(gateway.engine, caller.organisation, name, version)
    return Response(content, media_type=TOML)


@router.delete("/{name}", status_code=204, responses=_UNKNOWN)
def retire_profile(gateway: GatewayDep, caller: CallerDep, name: Name) -> None:
    """Use a profile no more; its versions stay, and it can be stored again."""
    service.retire(gateway.engine, caller.organisation, name)
