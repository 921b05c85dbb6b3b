"""A message type: its loops, and how it becomes a document and is written again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, Generic, TypeVar

from pydantic import ValidationError

from gateway.connectors.edi.finding import EdiFinding, Fault, InvalidEdiMessage
from gateway.connectors.edi.loop import Group, Loop, grow
from gateway.connectors.edi.loss import lossy, lost, stale
from gateway.connectors.edi.message import FINDINGS_MAX, Address, Envelope, Message, Report
from gateway.connectors.edi.profile import PLAIN, PartnerProfile
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.residue import Entry, difference, restored
from gateway.connectors.edi.segment import Segment
from gateway.connectors.edi.syntax import Syntax
from gateway.connectors.message import UnwritableDocument
from ledger.document.part import Document, Extra
from ledger.document.scalar import TEXT_CHARS_MAX

D = TypeVar("D", bound=Document)

_VERSION: Final = "version"
_HEADER: Final = "header"


@dataclass(frozen=True)
class Outcome(Generic[D]):
    """What became of a message: a document, or findings; and warnings in either case."""

    document: D | None
    findings: tuple[EdiFinding, ...]
    warnings: tuple[EdiFinding, ...]


def unsupported(message: Message, known: Iterable[str]) -> Outcome[Document]:
    """Say that messages of a type are not mapped."""
    report = Report(message.name, list(message.findings))
    rule = f"Mapped are {', '.join(sorted(known))}."
    header = message.header or Segment("", ())
    advice = "Send the document as one of these types."
    report.add(header, 0, Fault.UNSUPPORTED, rule, advice)
    return Outcome(None, tuple(report.findings), ())


@dataclass(frozen=True)
class MessageType(Generic[D]):
    """A message type of X12 or EDIFACT.

    Parameters
    ----------
    syntax : Syntax
        Of the two.
    name : str
        ``850`` or ``ORDERS``.
    model : type
        The document that it becomes.
    loop : Loop
        Its map.
    read : callable
        Takes the fields of the document from a `Reading`.
    write : callable
        Writes the fields of a document to a `Writing`.
    line : str
        The segment that opens the loop of a line, if the document has lines: one loop is one line.
    is_line : callable, optional
        Which of these loops are lines, where not all are.
    parties : pair of str
        The fields of the party that sends it and of the one that receives it.
    """

    syntax: Syntax
    name: str
    model: type[D]
    loop: Loop
    read: Callable[[Reading], dict[str, Any]]
    write: Callable[[D, Writing], None]
    line: str = ""
    is_line: Callable[[Segment], bool] | None = None
    parties: tuple[str, str] = ("buyer_customer_party", "seller_supplier_party")

    def parse(self, message: Message, profile: PartnerProfile = PLAIN) -> D:
        """Read a message.

        Raises
        ------
        InvalidEdiMessage
            With everything wrong, each with line, column and path.
        """
        outcome = self.examine(message, profile)
        if outcome.document is None:
            raise InvalidEdiMessage(outcome.findings)
        return outcome.document

    def examine(self, message: Message, profile: PartnerProfile = PLAIN) -> Outcome[D]:
        """Read a message, and say what is wrong or at least odd about it."""
        document, reading = self._read(message, profile)
        if document is not None:
            document = self._with_residue(document, reading)
        report = reading.report
        ordered = sorted(report.findings, key=lambda each: (each.position, each.element))
        return Outcome(document, tuple(ordered), tuple(report.warnings))

    def _read(self, message: Message, profile: PartnerProfile) -> tuple[D | None, Reading]:
        """Read the fields of a message, without what rides along."""
        reading = self._reading(message, profile)
        fields = self.read(reading)
        report = reading.report
        if report.findings:
            return None, reading
        try:
            return self.model.model_validate(fields), reading
        except ValidationError as error:
            report.findings += _model_findings(error, fields, reading)
            return None, reading

    def render(
        self, document: D, profile: PartnerProfile = PLAIN, *, is_lossy: bool = False
    ) -> Message:
        """Write a document; control numbers are given by who sends it.

        Parameters
        ----------
        document : Document
            The document.
        profile : PartnerProfile
            Of the receiver.
        is_lossy : bool
            Whether fields may be left out that the message has no place for: see `unheld`.

        Raises
        ------
        UnwritableDocument
            If an extra is not what its path says, or says something that the fields do not say, or
            if a field would be lost.
        """
        message = self._rendered(document, profile)
        lost_fields = () if is_lossy else self._lost_fields(document, message, profile)
        if lost_fields:
            raise lossy(self.name, lost_fields)
        return message

    def unheld(self, document: D, profile: PartnerProfile = PLAIN) -> tuple[str, ...]:
        """List the JSON pointers of what a message of this type cannot hold."""
        foreign = (
            f"/extras/{nth}"
            for nth, extra in enumerate(document.extras)
            if not extra.path.startswith(f"{self.syntax.name}:/{self.name}/")
        )
        message = self._rendered(document, profile)
        return (*self._lost_fields(document, message, profile), *foreign)

    def _lost_fields(
        self, document: D, message: Message, profile: PartnerProfile
    ) -> tuple[str, ...]:
        """Compare with what can be read again."""
        read, reading = self._read(message, profile)
        if read is None:
            raise UnwritableDocument(reading.report.findings)
        return lost(_bare(document), read)

    def _rendered(self, document: D, profile: PartnerProfile) -> Message:
        plain = self._message(document, self._blocks(_bare(document), profile), (), profile)
        entries = list(self._entries(document.extras))
        lines = _lines(document)
        if not entries and not any(list(self._entries(each.extras)) for each in lines):
            return plain
        for is_spelled in (True, False):
            try:
                blocks = self._restored(document, profile, is_spelled)
                kept = entries if is_spelled else []
                whole = self._message(document, blocks, kept, profile)
            except ValueError as error:
                raise stale(self.name, str(error)) from None
            if self._says_the_same(document, plain, whole, profile):
                return whole
        raise stale(self.name, "")

    def _reading(self, message: Message, profile: PartnerProfile) -> Reading:
        report = Report(self.name, list(message.findings))
        end = message.trailer or Segment("", (), len(message.body) + 2)
        for segment in message.body:
            self.syntax.check(segment, report)
        tree = grow(self.loop, message.body, report, end)
        tags = {segment.tag for segment in message.body}
        for tag in profile.required:
            if tag not in tags:
                rule, advice = f"This partner's {self.name} has {tag}.", f"Add {tag}."
                report.add(end, 0, Fault.SEGMENT_MISSING, rule, advice)
        return Reading(message, tree, report, self.syntax, profile)

    def _with_residue(self, document: D, reading: Reading) -> D:
        dialect, message = self.syntax.dialect, reading.message
        head: list[Entry] = []
        if message.version != self.syntax.version:
            head.append((_VERSION, message.version))
        if message.header is not None:
            usual = self.syntax.header(self.name, message.version, message.reference)
            entries = difference([message.header], [usual], dialect)
            head.extend((f"{_HEADER}/{path}", text) for path, text in entries)
        sent = list(self._split(reading.tree))
        written = self._blocks(document, reading.profile)
        assert len(sent) == len(written), "a loop of lines is a line"
        lines = []
        for number, (was, would_be) in enumerate(zip(sent, written, strict=True)):
            found = difference(was, would_be, dialect)
            if number % 2:
                line = _lines(document)[number // 2]
                extras = tuple(self._extras(f"/{self.line}", found))
                lines.append(line.model_copy(update={"extras": extras}) if extras else line)
            else:
                head.extend((f"{number // 2}/{path}", text) for path, text in found)
        update: dict[str, Any] = {"extras": tuple(self._extras("", head))}
        if document.lines_field is not None and lines:
            update[document.lines_field] = tuple(lines)
        return document.model_copy(update=update)

    def _split(self, tree: Group) -> Iterator[list[Segment]]:
        """Split a message into what stands around its lines, and its lines, in turn."""
        block: list[Segment] = []
        stack = [iter(tree.children)]
        while stack:
            child = next(stack[-1], None)
            if child is None:
                stack.pop()
            elif isinstance(child, Segment):
                block.append(child)
            elif child.head.tag == self.line and (self.is_line is None or self.is_line(child.head)):
                yield block
                yield list(child.flat())
                block = []
            else:
                stack.append(iter(child.children))
        yield block

    def _blocks(self, document: D, profile: PartnerProfile) -> list[list[Segment]]:
        writing = Writing(self.syntax, profile)
        self.write(document, writing)
        return writing.blocks

    def _restored(
        self, document: D, profile: PartnerProfile, is_spelled: bool
    ) -> list[list[Segment]]:
        """Put the residue back, with or without the spellings of elements."""
        dialect, lines = self.syntax.dialect, _lines(document)
        blocks = self._blocks(document, profile)
        head = list(self._entries(document.extras))
        result = []
        for number, block in enumerate(blocks):
            if number % 2:
                entries = list(self._entries(lines[number // 2].extras, f"/{self.line}"))
            else:
                entries = _under(head, str(number // 2))
            if not is_spelled:
                entries = [(path, text) for path, text in entries if "/" not in path]
            result.append(restored(block, entries, dialect))
        return result

    def _message(
        self,
        document: D,
        blocks: Iterable[Iterable[Segment]],
        entries: Iterable[Entry],
        profile: PartnerProfile,
    ) -> Message:
        found = dict(entries)
        version = found.get(_VERSION) or profile.release or self.syntax.version
        usual = self.syntax.header(self.name, version, "1")
        header = restored([usual], _under(found.items(), _HEADER), self.syntax.dialect)
        body = tuple(
            replace(segment, position=position)
            for position, segment in enumerate((s for block in blocks for s in block), start=2)
        )
        sender, receiver = (_address(document, field) for field in self.parties)
        envelope = Envelope(sender, receiver, date=document.issue_date)
        return Message(self.name, version, "", body, envelope, header[0])

    def _says_the_same(
        self, document: D, plain: Message, whole: Message, profile: PartnerProfile
    ) -> bool:
        """Tell whether what rides along leaves the fields as they are."""
        read, _ = self._read(whole, profile)
        if read is None or read == _bare(document):
            return read is not None
        without, _ = self._read(plain, profile)
        return read == without

    def _extras(self, path: str, entries: Iterable[Entry]) -> Iterator[Extra]:
        prefix = f"{self.syntax.name}:/{self.name}{path}/"
        for place, text in entries:
            for start in range(0, max(len(text), 1), TEXT_CHARS_MAX):
                yield Extra(path=prefix + place, value=text[start : start + TEXT_CHARS_MAX])

    def _entries(self, extras: Iterable[Extra], path: str = "") -> Iterator[Entry]:
        prefix = f"{self.syntax.name}:/{self.name}{path}/"
        for extra in extras:
            if extra.path.startswith(prefix):
                yield extra.path.removeprefix(prefix), extra.value


def _under(entries: Iterable[Entry], name: str) -> list[Entry]:
    prefix = f"{name}/"
    return [(path.removeprefix(prefix), text) for path, text in entries if path.startswith(prefix)]


def _lines(document: Document) -> tuple[Any, ...]:
    if document.lines_field is None:
        return ()
    return tuple(getattr(document, document.lines_field))


def _bare(document: D) -> D:
    """Take all extras off."""
    update: dict[str, Any] = {"extras": ()}
    if document.lines_field is not None:
        update[document.lines_field] = tuple(
            line.model_copy(update={"extras": ()}) if line.extras else line
            for line in _lines(document)
        )
    return document.model_copy(update=update)


def _address(document: Document, field: str) -> Address:
    """Address a message by the endpoint of a party."""
    party = getattr(document, field, None)
    if party is None:
        return Address("")
    return Address(party.endpoint_id or "", party.endpoint_scheme or "")


def _model_findings(
    error: ValidationError, fields: dict[str, Any], reading: Reading
) -> list[EdiFinding]:
    """Locate what the model of the document refuses."""
    report = Report(reading.report.name)
    first = reading.message.body[0] if reading.message.body else Segment("", ())
    for each in error.errors(include_url=False, include_context=False, include_input=False):
        at: Any = fields
        segment, rest = reading.origins.get(id(at), first), list(each["loc"])
        while rest and isinstance(at, dict | list):
            at = at[int(rest.pop(0))] if isinstance(at, list) else at.get(rest.pop(0))
            segment = reading.origins.get(id(at), segment)
        where = ".".join(str(step) for step in each["loc"])
        rule = f"The document of the network breaks a rule: {where} "
        rule += each["msg"].removeprefix("Value error, ") + "."
        advice = "Correct the segment so that the rule holds."
        report.add(segment, 0, Fault.RULE_BROKEN, rule, advice)
    return report.findings[:FINDINGS_MAX]
