"""A message type: its loops, and how it becomes a document and is written again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final, Generic, TypeVar

from pydantic import ValidationError

from gateway.connectors.edi.extras import (
    Paths,
    bare,
    below,
    entries,
    foreign,
    laden,
    ride_along,
    unladen,
)
from gateway.connectors.edi.finding import EdiFinding, Fault, InvalidEdiMessage
from gateway.connectors.edi.loop import Loop
from gateway.connectors.edi.loss import lossy, lost, stale
from gateway.connectors.edi.message import Envelope, Message, Report, address_of
from gateway.connectors.edi.profile import PLAIN, PartnerProfile
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.residue import Entry, difference, restored
from gateway.connectors.edi.segment import Segment
from gateway.connectors.edi.sending import unwritable
from gateway.connectors.edi.sign import Sign
from gateway.connectors.edi.syntax import Syntax
from gateway.connectors.message import UnwritableDocument
from ledger.document.part import Document

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
    sign : Sign, optional
        By which messages are known that stand for `model`, where others of this name do not.
    others : tuple of MessageType
        Of the same name, for the messages that have their sign: see `beside`.
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
    sign: Sign | None = None
    others: tuple[MessageType[Any], ...] = ()

    @property
    def models(self) -> tuple[type[Document], ...]:
        """All documents that messages of this name become."""
        return (self.model, *(each.model for each in self.others))

    def beside(self, *others: MessageType[Any]) -> MessageType[Any]:
        """Let messages that have the sign of another type of this name be of that type."""
        assert all(each.name == self.name and each.sign is not None for each in others)
        return replace(self, others=others)

    def _meant(self, message: Message, profile: PartnerProfile) -> MessageType[Any]:
        """Choose the type that a message is of, by its sign."""
        return next(
            (each for each in self.others if each.sign and each.sign.is_on(message, profile)), self
        )

    def _holding(self, document: Document) -> MessageType[Any]:
        """Choose the type that a document is written as."""
        for each in (self, *self.others):
            if isinstance(document, each.model):
                return each
        names = " or ".join(model.__name__ for model in self.models)
        rule, advice = f"{self.name} says {names}.", "Write the document as another message."
        raise unwritable(rule, type(document).__name__, advice)

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
        kind = self._meant(message, profile)
        document, reading = kind._read(message, profile)
        if document is not None:
            document = kind._with_residue(document, reading)
        report = reading.report
        ordered = sorted(report.findings, key=lambda each: (each.position, each.element))
        return Outcome(document, tuple(ordered), tuple(report.warnings))

    def _read(self, message: Message, profile: PartnerProfile) -> tuple[D | None, Reading]:
        """Read the fields of a message, without what rides along."""
        reading = Reading.of(message, self.loop, self.syntax, profile)
        fields = self.read(reading)
        if self.sign is not None and not self.sign.is_on(message, profile):
            segment, codes = reading.tree.need(self.sign.tag), ", ".join(sorted(self.sign.codes))
            rule = f"{self.model.__name__} has one of {codes} here."
            reading.refuse_value(segment, self.sign.element, rule, "Write the code.")
        if reading.report.findings:
            return None, reading
        try:
            return self.model.model_validate(fields), reading
        except ValidationError as error:
            reading.refuse_model(error, fields)
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
        kind = self._holding(document)
        message = kind._rendered(document, profile)
        lost_fields = kind._lost_fields(document, message, profile)
        if lost_fields and not is_lossy:
            raise lossy(self.name, lost_fields)
        return message

    def unheld(self, document: D, profile: PartnerProfile = PLAIN) -> tuple[str, ...]:
        """List the JSON pointers of what a message of this type cannot hold."""
        kind = self._holding(document)
        message = kind._rendered(document, profile)
        return (*kind._lost_fields(document, message, profile), *foreign(document, self._paths))

    def _lost_fields(
        self, document: D, message: Message, profile: PartnerProfile
    ) -> tuple[str, ...]:
        """Compare with what can be read again."""
        read, reading = self._read(message, profile)
        if read is None:
            raise UnwritableDocument(reading.report.findings)
        return lost(bare(document), read)

    def _rendered(self, document: D, profile: PartnerProfile) -> Message:
        plain = self._message(document, self._blocks(bare(document), profile), (), profile)
        if not ride_along(document, self._paths):
            return plain
        kept = list(entries(self._paths.head, document.extras))
        for is_spelled in (True, False):
            try:
                blocks = self._restored(document, profile, is_spelled)
                whole = self._message(document, blocks, kept if is_spelled else [], profile)
            except ValueError as error:
                raise stale(self.name, str(error)) from None
            if self._says_the_same(document, plain, whole, profile):
                return whole
        raise stale(self.name, "")

    @property
    def _paths(self) -> Paths:
        head = f"{self.syntax.name}:/{self.name}/"
        return Paths(head, f"{head}{self.line}/")

    def _with_residue(self, document: D, reading: Reading) -> D:
        rest = iter(reading.message.body)
        sent = [list(islice(rest, len(each))) for each in reading.tree.split(self._is_line)]
        written = self._blocks(document, reading.profile)
        assert len(sent) == len(written), "a loop of lines is a line"
        residues = [
            difference(was, would_be, self.syntax.dialect)
            for was, would_be in zip(sent, written, strict=True)
        ]
        return laden(document, self._head(reading.message), residues, self._paths)

    def _head(self, message: Message) -> Iterator[Entry]:
        """List how version and header differ from the usual ones."""
        if message.version != self.syntax.version:
            yield _VERSION, message.version
        if message.header is not None:
            usual = self.syntax.header(self.name, message.version, message.reference)
            for path, text in difference([message.header], [usual], self.syntax.dialect):
                yield f"{_HEADER}/{path}", text

    def _is_line(self, head: Segment) -> bool:
        return head.tag == self.line and (self.is_line is None or self.is_line(head))

    def _blocks(self, document: D, profile: PartnerProfile) -> list[list[Segment]]:
        writing = Writing(self.syntax, profile)
        self.write(document, writing)
        return writing.blocks

    def _restored(
        self, document: D, profile: PartnerProfile, is_spelled: bool
    ) -> list[list[Segment]]:
        """Put the residue back, with or without the spellings of elements."""
        blocks = self._blocks(document, profile)
        result = []
        for block, found in zip(blocks, unladen(document, len(blocks), self._paths), strict=True):
            kept = [each for each in found if is_spelled or "/" not in each[0]]
            result.append(restored(block, kept, self.syntax.dialect))
        return result

    def _message(
        self,
        document: D,
        blocks: Iterable[Iterable[Segment]],
        kept: Iterable[Entry],
        profile: PartnerProfile,
    ) -> Message:
        found = dict(kept)
        version = found.get(_VERSION) or profile.release or self.syntax.version
        usual = self.syntax.header(self.name, version, "1")
        header = restored([usual], below(_HEADER, found.items()), self.syntax.dialect)
        body = tuple(
            replace(segment, position=position)
            for position, segment in enumerate((s for block in blocks for s in block), start=2)
        )
        sender, receiver = (address_of(document, field) for field in self.parties)
        envelope = Envelope(sender, receiver, date=document.issue_date)
        return Message(self.name, version, "", body, envelope, header[0])

    def _says_the_same(
        self, document: D, plain: Message, whole: Message, profile: PartnerProfile
    ) -> bool:
        """Tell whether what rides along leaves the fields as they are."""
        read, _ = self._read(whole, profile)
        if read is None or read == bare(document):
            return read is not None
        without, _ = self._read(plain, profile)
        return read == without
