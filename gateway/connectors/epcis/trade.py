"""Whole files: the events of shipping, receiving and inspecting as documents, and back.

What no field stands for rides along in `extras`: ``epcis:event`` is what the document does not
give again of its event, ``epcis:envelope`` the members of the file, ``epcis:others`` its events
that tell of something else. A file that is read and written again is therefore the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from gateway.connectors.epcis import despatch, inspection, receipt
from gateway.connectors.epcis.document import CONTEXT, EpcisDocument, InvalidEpcis, as_json
from gateway.connectors.epcis.document import parse_value as parse_typed
from gateway.connectors.epcis.event import (
    AggregationEvent,
    AssociationEvent,
    Event,
    ObjectEvent,
    TransactionEvent,
)
from gateway.connectors.epcis.goods import Objects, objects_of
from gateway.connectors.epcis.occurrence import Occurrence, Unnameable
from gateway.connectors.json.absence import without_absent
from gateway.connectors.json.reader import Step, read_json, write_json
from gateway.connectors.json.report import FINDINGS_MAX, Source
from gateway.connectors.json.residue import from_extras, residue, restore, to_extras
from gateway.connectors.message import Finding, Location, UnwritableDocument, shortened
from ledger.document.despatch_advice import DespatchAdvice
from ledger.document.quality_report import QualityReport
from ledger.document.receipt_advice import ReceiptAdvice
from ledger.document.schema import problems_of

EVENT: Final = "epcis:event"
ENVELOPE: Final = "epcis:envelope"
OTHERS: Final = "epcis:others"

Told = DespatchAdvice | ReceiptAdvice | QualityReport

_MAPS: Final[dict[str, tuple[type[Told], Callable[[Occurrence, Objects], dict[str, Any]]]]] = {
    despatch.STEP: (DespatchAdvice, despatch.fields),
    receipt.STEP: (ReceiptAdvice, receipt.fields),
    inspection.STEP: (QualityReport, inspection.fields),
}
_SINGLE: Final = ("po", "desadv", "recadv", "testres")


@dataclass(frozen=True, slots=True)
class Trade:
    """What a file says.

    Parameters
    ----------
    documents : tuple of document
        One per event of shipping, receiving or inspecting, in order.
    others : tuple of int
        Places of the events that tell of something else; nothing is done about them.
    """

    documents: tuple[Told, ...]
    others: tuple[int, ...]


def parse(content: bytes) -> Trade:
    """Read a file of JSON-LD.

    Raises
    ------
    MalformedJson, UnsupportedDocument
        If it is no EPCIS.
    InvalidEpcis
        With everything that breaks the standard or the model of the network; or when no event
        tells of shipping, receiving or inspecting.
    """
    return parse_value(read_json(content))


def parse_value(read: Source) -> Trade:
    """Make documents of what was read; as `parse`."""
    typed = parse_typed(read)
    if isinstance(typed, EpcisDocument):
        is_answer = typed.epcis_body.query_results is not None
        inner = ("queryResults", "resultsBody", "eventList") if is_answer else ("eventList",)
        steps: tuple[Step, ...] = ("epcisBody", *inner)
        return _Reading(typed.events, read, steps, _envelope(typed)).trade()
    return _Reading([typed], read, None, None).trade()


def render(documents: Sequence[Told]) -> bytes:
    """Write documents as one file.

    Raises
    ------
    UnwritableDocument
        With everything that EPCIS cannot hold but must.
    """
    assert documents, "a file tells of something"
    findings: list[Finding] = []
    events: list[dict[str, Any]] = []
    for index, document in enumerate(documents):
        try:
            events.append(_event(document))
        except Unnameable as error:
            at = Location(1, 1, f"/{index}/{document.document_type}")
            findings.append(Finding(f"{error}.", at, shortened(document.id), "Add what is named."))
    if findings:
        raise UnwritableDocument(findings)
    for place, other in from_extras(documents[0].extras, OTHERS, {}).items():
        events.insert(int(place), other)
    made = _new_envelope(documents[0], events[0])
    envelope = from_extras(documents[0].extras, ENVELOPE, made)
    if envelope is None:
        return write_json(events[0])
    return write_json(_with_events(envelope, events))


class _Reading:
    def __init__(
        self,
        events: Sequence[Event],
        source: Source,
        inside: tuple[Step, ...] | None,
        envelope: dict[str, Any] | None,
    ) -> None:
        self.events, self.source, self.inside = events, source, inside
        self.envelope = envelope
        self.findings: list[Finding] = []
        self.others: list[int] = []

    def trade(self) -> Trade:
        read = []
        for index, event in enumerate(self.events):
            read.append(self._document(index, event))
            if len(self.findings) >= FINDINGS_MAX:
                break
        documents = [each for each in read if each is not None]
        if not documents and not self.findings:
            self._refuse_others()
        if self.findings:
            raise InvalidEpcis(self.findings[:FINDINGS_MAX])
        head = documents[0]
        others = {str(index): as_json(self.events[index]) for index in self.others}
        extras = [*head.extras, *to_extras(ENVELOPE, self.envelope), *to_extras(OTHERS, others)]
        documents[0] = head.model_copy(update={"extras": tuple(extras)})
        return Trade(tuple(documents), tuple(self.others))

    def _refuse_others(self) -> None:
        rule = "Some event of the file tells of shipping, receiving or inspecting."
        advice = "Send such events; nothing is done about others."
        for index in self.others[:FINDINGS_MAX]:
            event = self.events[index]
            found = event.biz_step or event.type
            self.findings.append(Finding(rule, self._place(index), found, advice))
        if not self.others:
            at = self.source.locate(self.inside or ())
            self.findings.append(Finding(rule, at, "", advice))

    def _place(self, index: int) -> Location:
        return self.source.locate(() if self.inside is None else (*self.inside, index))

    def _document(self, index: int, event: Event) -> Told | None:
        told = Occurrence(event)
        is_told = isinstance(event, ObjectEvent | AggregationEvent | TransactionEvent)
        if told.step not in _MAPS or not is_told or isinstance(event, AssociationEvent):
            self.others.append(index)
            return None
        objects = objects_of(event)
        problems = [*objects.problems, *_problems(told, objects)]
        if not problems:
            model, fields = _MAPS[told.step]
            try:
                document = model.model_validate(without_absent(fields(told, objects)))
            except ValidationError as error:
                problems = [f"{each.path} {each.message}" for each in problems_of(error)]
            else:
                return _with_rest(document, as_json(event))
        at = self._place(index)
        self.findings += [_refusal(at, each, event) for each in problems]
        return None


def _problems(told: Occurrence, objects: Objects) -> list[str]:
    problems = []
    event = told.event
    if event.error_declaration is not None:
        problems.append("the event is declared to be wrong")
    if getattr(event, "action", "") == "DELETE":
        problems.append("an event with action DELETE takes back what another one said")
    problems += [
        f"the event names several papers of type {kind}, and not which goods are whose"
        for kind in _SINGLE
        if len(told.papers(kind)) > 1
    ]
    if not objects.goods and not objects.problems:
        problems.append("the event names no goods, or logistic units only")
    if told.step == inspection.STEP and inspection.decision(told) is None:
        problems.append("the disposition does not say whether the goods conform")
    return problems


def _refusal(at: Location, problem: str, event: Event) -> Finding:
    rule = f"{problem[:1].upper()}{problem[1:]}."
    advice = "Correct the event, or send the document itself."
    return Finding(rule, at, shortened(event.event_id or event.type), advice)


def _with_rest(document: Told, event: dict[str, Any]) -> Told:
    """Let ride along what the document does not give again."""
    try:
        given = _made(document)
    except Unnameable:
        given = {}
    extras = to_extras(EVENT, residue(given, event))
    return document.model_copy(update={"extras": tuple(extras)})


def _event(document: Told) -> dict[str, Any]:
    rest = from_extras(document.extras, EVENT, {})
    try:
        given = _made(document)
    except Unnameable:
        if not rest:
            raise
        given = {}
    return restore(given, rest)


def _made(document: Told) -> dict[str, Any]:
    if isinstance(document, DespatchAdvice):
        members = despatch.event(document)
    elif isinstance(document, ReceiptAdvice):
        members = receipt.event(document)
    else:
        members = inspection.event(document)
    made = {"type": "ObjectEvent", **members}
    return {name: value for name, value in made.items() if value or name == "epcList"}


def _envelope(document: EpcisDocument) -> dict[str, Any]:
    members = as_json(document)
    body: dict[str, Any] = members["epcisBody"]
    if "queryResults" in body:
        body["queryResults"]["resultsBody"]["eventList"] = []
    else:
        body["eventList"] = []
    return members


def _with_events(envelope: dict[str, Any], events: list[dict[str, Any]]) -> dict[str, Any]:
    body = envelope["epcisBody"]
    holder = body["queryResults"]["resultsBody"] if "queryResults" in body else body
    holder["eventList"] = events
    return envelope


def _new_envelope(document: Told, event: dict[str, Any]) -> dict[str, Any]:
    day, clock = document.issue_date, document.issue_time
    created = f"{day}T{clock}" if clock else event["eventTime"]
    return {
        "@context": [CONTEXT],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": created,
        "epcisBody": {"eventList": []},
    }
