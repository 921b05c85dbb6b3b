"""What the parts of an event have in common: exact scalars, and which parts may be extended."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    PlainValidator,
    StringConstraints,
    model_validator,
)
from pydantic.alias_generators import to_camel

from gateway.connectors.epcis.vocabulary import Uri, is_uri

_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_NAMES: Final = {
    "childEpcs": "childEPCs",
    "correctiveEventIds": "correctiveEventIDs",
    "deviceId": "deviceID",
    "eventId": "eventID",
    "inputEpcList": "inputEPCList",
    "outputEpcList": "outputEPCList",
    "parentId": "parentID",
    "transformationId": "transformationID",
    "context": "@context",
}
"""Names that are not plain camel case."""


def _member(name: str) -> str:
    camel = to_camel(name)
    return _NAMES.get(camel, camel)


def moment(text: str) -> datetime:
    """Read a time of an event.

    Raises
    ------
    ValueError
        If it is no moment with a zone.
    """
    if not _TIME.fullmatch(text):
        raise ValueError("must be a moment with its zone, such as 2026-03-01T12:30:00.000Z")
    head, dot, tail = text.partition(".")
    if dot:  # More digits than a clock has are cut; the text stays as it is.
        digits = re.match(r"\d+", tail, re.ASCII)
        assert digits is not None
        head = f"{head}.{digits[0][:6]:0<6}{tail[digits.end() :]}"
    try:
        return datetime.fromisoformat(head)
    except ValueError:
        raise ValueError("must be a day of the calendar and a time of the day") from None


def _is_moment(text: str) -> str:
    moment(text)
    return text


def _are_distinct(uris: list[str]) -> list[str]:
    if len(set(uris)) < len(uris):
        twice = next(uri for uri in uris if uris.count(uri) > 1)
        raise ValueError(f"must name {twice} once only")
    return uris


def _number(value: object) -> Decimal | int:
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return value
    raise ValueError("must be a number")


def _certification(value: object) -> str | list[str]:
    uris = value if isinstance(value, list) else [value]
    if all(isinstance(uri, str) and is_uri(uri) for uri in uris):
        return value  # type: ignore[return-value]
    raise ValueError("must be a URI, or a list of URIs")


EpcList = Annotated[list[Uri], AfterValidator(_are_distinct)]
Moment = Annotated[str, AfterValidator(_is_moment)]
Action = Literal["ADD", "OBSERVE", "DELETE"]
Number = Annotated[Decimal | int, PlainValidator(_number)]
CertificationInfo = Annotated[str | list[str], PlainValidator(_certification)]
Offset = Annotated[str, StringConstraints(pattern=r"^[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00)$")]
Unit = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2,3}$")]


def require(condition: bool, sentence: str) -> None:
    """Refuse a part that breaks a rule.

    Raises
    ------
    ValueError
        Unless the condition holds.
    """
    if not condition:
        raise ValueError(sentence)


class Closed(BaseModel):
    """A part without members of others."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, alias_generator=_member, hide_input_in_errors=True
    )


class Open(Closed):
    """A part that others may extend, under names with a prefix."""

    model_config = ConfigDict(extra="allow")

    @model_validator(mode="after")
    def _extensions_have_prefixes(self) -> Self:
        unknown = [name for name in self.model_extra or () if not is_uri(name)]
        if unknown:
            raise ValueError(f"{unknown[0]!r} is no member of the standard, and has no prefix")
        return self
