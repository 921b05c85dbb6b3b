"""A message type of UBL: its table, and reading and writing by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from gateway.connectors.message import ConnectorRefused
from gateway.connectors.ubl.loss import unheld
from gateway.connectors.ubl.mapping import Content
from gateway.connectors.ubl.parser import Parse, parse_source
from gateway.connectors.ubl.reader import read_ubl, tag_of
from gateway.connectors.ubl.renderer import render_document
from ledger.document.part import Document

D = TypeVar("D", bound=Document)

_LINE_RULE: Final = "Every line has a number of its own."


@dataclass(frozen=True)
class MessageType(Generic[D]):
    """One message type of UBL 2.x, and the document it becomes.

    Parameters
    ----------
    content : Content
        The table of its root, whose type is the name of the message.
    model : type
        The document.
    refusal : type
        What is raised for a message that breaks UBL or the model.
    line_id : str
        Path of the number of a line from the root; empty where there are no lines.
    """

    content: Content
    model: type[D]
    refusal: type[ConnectorRefused]
    line_id: str = ""

    def parse(self, content: bytes) -> D:
        """Read a message.

        Parameters
        ----------
        content : bytes
            The XML, in any encoding it declares.

        Returns
        -------
        Document
            The typed document; what it has no field for is in its `extras` and those of its lines.

        Raises
        ------
        MalformedXml, ForbiddenXml, UnsupportedDocument
            If this is no such message at all.
        ConnectorRefused
            `refusal`, with everything wrong, each with line, column and XPath.
        """
        source = read_ubl(content, self.content.type_name)
        return parse_source(source, self.content, self.model, self.refusal, self._check_lines)

    def render(self, document: D, *, is_lossy: bool = False) -> bytes:
        """Write a message.

        Parameters
        ----------
        document : Document
            The document.
        is_lossy : bool
            Whether fields may be left out that the message has no place for: see `unheld`.

        Raises
        ------
        UnwritableDocument
            If the document has fields that the message has no place for, or lacks what UBL
            requires; if XML cannot hold a text of it, or an extra is not what its path says, or
            says something that the fields do not say.
        """
        name = self.content.type_name
        return render_document(document, self.content, name, self.parse, is_lossy=is_lossy)

    def unheld(self, document: D) -> tuple[str, ...]:
        """List the JSON pointers of what a message of this type cannot hold."""
        return unheld(document, self.content)

    def _check_lines(self, parse: Parse, fields: dict[str, Any]) -> None:
        if not self.line_id:
            return
        numbers = [line.get("id") for line in fields.get(self.model.lines_field or "", ())]
        if len(set(numbers)) == len(numbers):
            return
        seen: set[str] = set()
        path = "/".join(tag_of(step) for step in self.line_id.split("/"))
        for element in parse.source.root.iterfind(path):
            number = element.text or ""
            if number in seen:
                parse.report.add(element, _LINE_RULE, number, "Give the line another number.")
            seen.add(number)
