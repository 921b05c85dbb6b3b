"""EPCIS 2.0 as JSON-LD: in, typed; and out again, canonically equal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints, ValidationError

from gateway.connectors.epcis.event import (
    EPCIS_EVENTS,
    AggregationEvent,
    AssociationEvent,
    Event,
    ObjectEvent,
    TransactionEvent,
    TransformationEvent,
)
from gateway.connectors.epcis.part import Closed, Moment, Open
from gateway.connectors.epcis.vocabulary import Uri
from gateway.connectors.json.reader import read_json, write_json
from gateway.connectors.json.report import Source, findings_of
from gateway.connectors.message import (
    ConnectorRefused,
    Finding,
    UnsupportedDocument,
    shortened,
)

CONTEXT: Final = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
"""Names the words of the standard; it is never fetched."""

AnyEvent = Annotated[
    ObjectEvent | AggregationEvent | AssociationEvent | TransactionEvent | TransformationEvent,
    Field(discriminator="type"),
]


class InvalidEpcis(ConnectorRefused):
    """The message breaks EPCIS 2.0, or an event in it cannot become a document."""


class ResultsBody(Closed):
    """The events that answer a query."""

    event_list: list[AnyEvent]


class QueryResults(Closed):
    """The answer to a query."""

    subscription_id: str | None = Field(default=None, alias="subscriptionID")
    query_name: str
    results_body: ResultsBody


class Body(Closed):
    """Events that were captured, or those that answer a query."""

    event_list: list[AnyEvent] | None = None
    query_results: QueryResults | None = None


class EpcisDocument(Open):
    """Events as they are sent, with their envelope.

    Parameters
    ----------
    epcis_header : dict, optional
        Master data, as it stands.
    """

    context: Any
    id: Uri | None = None
    type: Literal["EPCISDocument", "EPCISQueryDocument"]
    schema_version: Annotated[str, StringConstraints(pattern=r"^2(\.[0-9]+)*$")]
    creation_date: Moment
    sender: Uri | None = None
    receiver: Uri | None = None
    instance_identifier: str | None = None
    epcis_header: dict[str, Any] | None = None
    epcis_body: Body

    @property
    def events(self) -> Sequence[Event]:
        """Every event, in order."""
        if self.epcis_body.query_results is not None:
            return self.epcis_body.query_results.results_body.event_list
        return self.epcis_body.event_list or ()


def parse(content: bytes) -> EpcisDocument | Event:
    """Read a message: a document of events, or one event by itself.

    Raises
    ------
    MalformedJson
        If it is not JSON.
    UnsupportedDocument
        If it is neither.
    InvalidEpcis
        With everything that breaks the standard, and where it stands.
    """
    read = read_json(content)
    return parse_value(read)


def parse_value(read: Source) -> EpcisDocument | Event:
    """Type what was read; as `parse`."""
    kind = read.value.get("type") if isinstance(read.value, dict) else None
    if kind in ("EPCISDocument", "EPCISQueryDocument"):
        model: type[EpcisDocument | Event] = EpcisDocument
    elif isinstance(kind, str) and kind in EPCIS_EVENTS:
        model = EPCIS_EVENTS[kind]
    else:
        rule = "The message is an EPCIS 2.0 document, or one event."
        advice = f"Send an object whose type is EPCISDocument or one of {', '.join(EPCIS_EVENTS)}."
        found = shortened(str(kind)) if kind is not None else ""
        raise UnsupportedDocument([Finding(rule, read.locate(("type",)), found, advice)])
    try:
        return model.model_validate(read.value)
    except ValidationError as error:
        advice = "Correct it as EPCIS 2.0 has it."
        raise InvalidEpcis(findings_of(error, read, advice, EPCIS_EVENTS)) from None


def render(document: EpcisDocument | Event) -> bytes:
    """Write a message; a context stands first, as readers expect it."""
    return write_json(as_json(document))


def as_json(part: Closed) -> dict[str, Any]:
    """Give a part as the members it was made with."""
    members = part.model_dump(by_alias=True, exclude_unset=True)
    return {name: members[name] for name in sorted(members, key=lambda each: each != "@context")}
