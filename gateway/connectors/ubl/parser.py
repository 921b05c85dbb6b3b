"""From UBL elements to the fields of a document, led by mapping tables; nothing is dropped.

What a table does not name, and what a field cannot hold exactly, rides along: see
`gateway.connectors.ubl.extra`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from lxml import etree
from pydantic import ValidationError

from gateway.connectors.message import ConnectorRefused
from gateway.connectors.ubl.extra import Extras, absent, carry, extras_of, place_of
from gateway.connectors.ubl.instruction import instructions_of
from gateway.connectors.ubl.leaf import read_leaf
from gateway.connectors.ubl.mapping import REPEATS_MAX, VALUE, Branch, Content, Leaf
from gateway.connectors.ubl.reader import XmlSource, attributes_of, step_of, stray_texts
from gateway.connectors.ubl.report import Report
from gateway.connectors.ubl.state import State
from ledger.document.part import Document

D = TypeVar("D", bound=Document)


def parse_source(
    source: XmlSource,
    content: Content,
    model: type[D],
    refusal: type[ConnectorRefused],
    check: Callable[[Parse, dict[str, Any]], None],
) -> D:
    """Read a whole message.

    Parameters
    ----------
    source : XmlSource
        The message.
    content : Content
        The table of its root.
    model : type
        The document it becomes.
    refusal : type
        What to raise with all findings.
    check : callable
        Further rules of this message type, adding findings.

    Raises
    ------
    ConnectorRefused
        `refusal`, with everything wrong.
    """
    parse = Parse(source)
    fields = parse.read_root(content)
    check(parse, fields)
    findings = parse.report.findings + stray_texts(source)
    if findings:
        raise refusal(sorted(findings, key=lambda each: (each.location.line, each.location.column)))
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        # Read again, now with the element of each object; of what is valid nobody asks for it.
        again = Parse(source, has_origins=True)
        raise refusal(again.report.model_findings(error, again.read_root(content))) from None


class Parse:
    """The reading of one message.

    Parameters
    ----------
    source : XmlSource
        The message.
    has_origins : bool
        Whether to remember which element each object came from.
    """

    def __init__(self, source: XmlSource, *, has_origins: bool = False) -> None:
        self.source = source
        self.report = Report(source, has_origins=has_origins)

    def read_root(self, content: Content) -> dict[str, Any]:
        """Read the whole message into the fields of its document."""
        root = self.source.root
        path = f"/{etree.QName(root).localname}"
        extras: Extras = [(f"{path}/@{name}", value) for name, value in attributes_of(root)]
        fields: dict[str, Any] = {}
        self.report.origins[id(fields)] = root
        self.read_children(root, content, fields, path, extras)
        extras.extend(instructions_of(self.source.content))
        if content.finish is not None:
            content.finish(fields, extras, path)
        fields["extras"] = extras_of(extras)
        return fields

    def read_children(
        self,
        element: etree._Element,
        content: Content,
        fields: dict[str, Any],
        path: str,
        extras: Extras,
    ) -> None:
        """Read the children of an aggregate into the fields of its object."""
        state, nth = content.start, 0
        # A slice costs half of what going from child to child does.
        children: Iterable[etree._Element] = element[:]  # type: ignore[index]
        for child in children:
            turn = state[child.tag]
            if turn is None:
                self.report.add_place(element, child, content.ranks.get(child.tag, -1))
                if self.report.is_full:
                    return
                continue
            state, step, is_repeated, is_excess, entry, take = turn
            nth = nth + 1 if is_repeated else 1
            if take is not None and nth <= REPEATS_MAX and not len(child) and take(child, fields):
                continue
            if is_excess:
                self.report.add_repeated(child)
            elif is_repeated and nth > (limit := REPEATS_MAX if entry is None else entry.limit):
                rule = f"{step} stands at most {limit} times here."
                self.report.add(child, rule, "", "Split the message.")
                return
            elif entry is None:
                carry(self.report, child, place_of(path, step, nth), extras)
            elif type(entry) is Leaf:
                read_leaf(self.report, child, entry, fields, (path, step, nth), extras)
            else:
                assert isinstance(entry, Branch)
                place = f"{path}/{step}" if nth == 1 else place_of(path, step, nth)
                self._read_branch(child, entry, fields, place, extras)
        if state.missing or state.fillers:
            self._end(element, content, state, path, extras)

    def _end(
        self, element: etree._Element, content: Content, state: State, path: str, extras: Extras
    ) -> None:
        """Complain of what lacks, and note what is filled in."""
        for tag in state.missing:
            if element.find(tag) is None:
                self.report.add_missing(element, content.steps[tag])
        for tag in state.fillers:
            if element.find(tag) is None:
                extras.append((f"{path}/{absent(content.steps[tag])}", ""))

    def _read_branch(
        self,
        element: etree._Element,
        branch: Branch,
        fields: dict[str, Any],
        path: str,
        extras: Extras,
    ) -> None:
        content, field, has_extras = branch.content, branch.field, branch.has_extras
        if not len(element):
            if branch.is_filled and not element.keys():
                return
            if field is None:
                carry(self.report, element, path, extras)
                return
        inside = extras
        if has_extras:
            inside, path = [], f"/{etree.QName(element).localname}"
        mark, known = len(inside), len(self.report.findings)
        if element.keys():
            inside.extend((f"{path}/@{name}", value) for name, value in attributes_of(element))
        if field is None:
            self.read_children(element, content, fields, path, inside)
            return
        own: dict[str, Any] = {}
        if self.report.has_origins:
            self.report.origins[id(own)] = element
        self.read_children(element, content, own, path, inside)
        for name in content.needed:
            if name not in own:
                del inside[mark:]
                self._give_up(element, branch, path, extras, known)
                return
        if content.finish is not None:
            content.finish(own, inside, path)
        if has_extras and inside:
            own["extras"] = extras_of(inside)
        result = own[VALUE] if content.holds_one_value else own
        if branch.is_many:
            fields.setdefault(field, []).append(result)
        else:
            fields[field] = result

    def _give_up(
        self, element: etree._Element, branch: Branch, path: str, extras: Extras, known: int
    ) -> None:
        """Let an aggregate that makes no object ride along, or complain if it must make one."""
        if not branch.is_required:
            carry(self.report, element, path, extras)
        elif len(self.report.findings) == known:
            self.report.add_missing(element, step_of(next(iter(branch.content.by_tag))))
