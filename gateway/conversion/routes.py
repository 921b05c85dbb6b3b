"""Conversions over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request

from gateway.answer import READ_PROBLEMS, problems
from gateway.connectors.edi.message import Address
from gateway.connectors.profile.partner import address_of
from gateway.conversion.conversion import convert
from gateway.conversion.form import Manner
from gateway.conversion.schemas import ConversionView, Target, view
from gateway.deps import CallerDep, GatewayDep
from gateway.profiles.book import partners
from ledger.database import in_thread, reading

router = APIRouter(prefix="/v1/conversions", tags=["inbox"])

_MESSAGE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_END: Final = r"^([A-Za-z0-9]{1,4}:)?[^\x00:]{1,35}$"
Name = Annotated[str, Query(max_length=200, description="The partner, as its profile calls it.")]
End = Annotated[
    str | None,
    Query(pattern=_END, description="Address in an interchange: qualifier, colon, number."),
]


@router.post(
    "",
    openapi_extra=_MESSAGE,
    responses=READ_PROBLEMS
    | problems(
        BodyTooLarge=413, UnsupportedDocument=422, UnwritableDocument=422, PartnerAmbiguous=422
    ),
)
async def convert_message(
    request: Request,
    gateway: GatewayDep,
    caller: CallerDep,
    to: Annotated[Target, Query(description="The standard to write it in.")],
    sender: Name = "",
    receiver: Name = "",
    interchange_sender: End = None,
    interchange_receiver: End = None,
    control: Annotated[int, Query(ge=1, le=999_999_999)] = 1,
) -> ConversionView:
    """Write a message of any standard in another one; nothing is kept.

    It is read by the profile of its `sender`, and written by that of its `receiver`. The answer
    lists, for every document that the message said, what the new message does not hold.
    """
    content = await request.body()

    def work() -> ConversionView:
        with reading(gateway.engine) as session:
            known = partners(session, caller.organisation)
        manner = Manner(
            datetime.now(UTC),
            known.choose(receiver),
            _address(interchange_sender),
            _address(interchange_receiver),
            control,
        )
        return view(convert(content, to, manner, sender, known))

    return await in_thread(work)


def _address(text: str | None) -> Address | None:
    return None if text is None else address_of(text)
