"""From UBL elements to the fields of a document, led by mapping tables; nothing is dropped.

What a table does not name, and what a field cannot hold exactly, becomes an extra whose path is
``ubl:`` and the XPath of where it stood (for lines, from the line on):

- a basic element: its text; its attributes one by one, as ``.../@name``;
- an aggregate, or an element of a foreign namespace: the whole of it as canonical XML;
- a basic element that a field holds, but in another spelling (``6.0`` for ``6``): its text, at the
  path of the element. The spelling is used again as long as the field still has this value.

What the sender left out and is concluded from the rest is noted as ``.../not(cbc:Name)``, so that
it is left out again.

A text longer than one extra may hold is continued in the next extra of the same path.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from lxml import etree
from pydantic import ValidationError

from gateway.connectors.message import ConnectorRefused
from gateway.connectors.ubl.instruction import instructions_of
from gateway.connectors.ubl.mapping import VALUE, Branch, Content, Leaf
from gateway.connectors.ubl.reader import CBC, XmlSource, attributes_of, step_of, stray_texts
from gateway.connectors.ubl.report import Report
from gateway.connectors.ubl.scalar import Unheld
from ledger.document.part import LINES_MAX, Document
from ledger.document.scalar import TEXT_CHARS_MAX

PREFIX: Final = "ubl:"
REPEATS_MAX: Final = 1_000

_BASIC: Final = f"{{{CBC}}}"

D = TypeVar("D", bound=Document)
Extras = list[tuple[str, str]]


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


def extras_of(extras: Extras) -> list[dict[str, str]]:
    """Spell what rides along as extras, long texts in pieces."""
    return [
        {"path": PREFIX + path, "value": value[start : start + TEXT_CHARS_MAX]}
        for path, value in extras
        for start in range(0, max(len(value), 1), TEXT_CHARS_MAX)
    ]


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
        by_tag, steps, ranks, plain = content.by_tag, content.steps, content.ranks, content.plain
        seen: dict[str, int] = {}
        last = 0
        for child in element:
            tag = child.tag
            simple = plain.get(tag)
            if simple is not None and tag not in seen and not child.keys() and not len(child):
                rank, field, read, is_free = simple
                text = child.text or ""
                try:
                    value = read(text) if rank >= last else None
                except (Unheld, ValueError):
                    value = None
                if value is not None and (is_free or value == text):
                    seen[tag], last, fields[field] = 1, rank, value
                    continue
            nth = seen[tag] = seen.get(tag, 0) + 1
            rank = ranks.get(tag, -1)
            if rank < last:
                self.report.add_place(element, child, rank)
                continue
            last = rank
            entry = by_tag.get(tag)
            if nth > REPEATS_MAX and nth > _limit(entry):
                rule = f"{step_of(tag)} stands at most {_limit(entry)} times here."
                self.report.add(child, rule, "", "Split the message.")
                return
            if entry is None or (nth > 1 and not entry.is_many):
                if entry is not None and not entry.may_repeat:
                    self.report.add_repeated(child)
                else:
                    self._carry(child, _path(path, step_of(tag), nth), extras)
            elif type(entry) is Leaf:
                self._read_leaf(child, entry, fields, (path, steps[tag], nth), extras)
            else:
                assert isinstance(entry, Branch)
                self._read_branch(child, entry, fields, _path(path, steps[tag], nth), extras)
        for tag in content.required_tags:
            if tag not in seen:
                self.report.add_missing(element, steps[tag])
        for tag in content.filler_tags:
            if tag not in seen:
                extras.append((f"{path}/{absent(steps[tag])}", ""))

    def _read_leaf(
        self,
        element: etree._Element,
        leaf: Leaf,
        fields: dict[str, Any],
        place: tuple[str, str, int],
        extras: Extras,
    ) -> None:
        kind, text = leaf.kind, element.text or ""
        if len(element):
            self.report.add_children(element)
            return
        if leaf.field is None:
            if text != leaf.filler or element.attrib:
                self._carry(element, _path(*place), extras)
            return
        try:
            value = kind.read(text)
        except Unheld:
            if leaf.is_required:
                self.report.add_value(element, kind, text)
            else:
                self._carry(element, _path(*place), extras)
            return
        except ValueError:
            self.report.add_value(element, kind, text)
            return
        holder = fields if leaf.nested is None else {leaf.nested: value}
        unit = self._read_attributes(element, leaf, holder, place, extras)
        if kind.write is not None and kind.write(value, unit) != text:
            extras.append((_path(*place), text))
        result = value if leaf.nested is None else holder
        if leaf.is_many:
            fields.setdefault(leaf.field, []).append(result)
        else:
            fields[leaf.field] = result

    def _read_attributes(
        self,
        element: etree._Element,
        leaf: Leaf,
        holder: dict[str, Any],
        place: tuple[str, str, int],
        extras: Extras,
    ) -> str | None:
        """Read attributes into fields; return the last one read, the currency or unit if any."""
        value: str | None = None
        for name, raw in attributes_of(element) if element.keys() else ():
            slot = leaf.attributes.get(name)
            if slot is None:
                extras.append((f"{_path(*place)}/@{name}", raw))
                continue
            try:
                value = slot.kind.read(raw)
            except Unheld:
                extras.append((f"{_path(*place)}/@{name}", raw))
                continue
            except ValueError:
                self.report.add_value(element, slot.kind, f'{name}="{raw}"')
                holder[slot.field] = None
                continue
            holder[slot.field] = value
            if value != raw:
                extras.append((f"{_path(*place)}/@{name}", raw))
        for name, slot in leaf.attributes.items():
            if slot.is_required and slot.field not in holder:
                rule = f"This element has the attribute {name}."
                self.report.add(element, rule, element.text or "", slot.kind.what_to_do)
        return value

    def _read_branch(
        self,
        element: etree._Element,
        branch: Branch,
        fields: dict[str, Any],
        path: str,
        extras: Extras,
    ) -> None:
        content = branch.content
        if branch.is_filled and not len(element) and not element.keys():
            return
        if branch.field is None and not len(element):
            self._carry(element, path, extras)
            return
        inside: Extras = extras
        if branch.has_extras:
            inside, path = [], f"/{etree.QName(element).localname}"
        mark, known = len(inside), len(self.report.findings)
        if element.keys():
            inside.extend((f"{path}/@{name}", value) for name, value in attributes_of(element))
        if branch.field is None:
            self.read_children(element, content, fields, path, inside)
            return
        own: dict[str, Any] = {}
        if self.report.has_origins:
            self.report.origins[id(own)] = element
        self.read_children(element, content, own, path, inside)
        if not own.keys() >= content.needed_fields:
            del inside[mark:]
            if branch.is_required and len(self.report.findings) == known:
                self.report.add_missing(element, step_of(next(iter(content.by_tag))))
            elif not branch.is_required:
                self._carry(element, path, extras)
            return
        if content.finish is not None:
            content.finish(own, inside, path)
        if branch.has_extras and inside:
            own["extras"] = extras_of(inside)
        result = own[VALUE] if content.holds_one_value else own
        if branch.is_many:
            fields.setdefault(branch.field, []).append(result)
        else:
            fields[branch.field] = result

    def _carry(self, element: etree._Element, path: str, extras: Extras) -> None:
        """Let an element ride along unread."""
        if not element.tag.startswith(_BASIC):
            try:
                whole = etree.tostring(element, method="c14n", exclusive=True)
            except etree.C14NError:
                rule, advice = "A namespace is an absolute URI.", "Correct the xmlns attributes."
                self.report.add(element, rule, step_of(element.tag), advice)
                return
            extras.append((path, whole.decode("utf-8")))
        elif len(element):
            self.report.add_children(element)
        else:
            extras.append((path, element.text or ""))
            extras.extend((f"{path}/@{name}", value) for name, value in attributes_of(element))


def absent(step: str) -> str:
    """Write the step that says that an element was not there."""
    return f"not({step})"


def is_left_out(extras: Extras, place: str) -> bool:
    """Tell whether an element that no field holds was not there at all, rather than unreadable."""
    return not any(path.startswith(place) for path, _ in extras)


def _path(path: str, step: str, nth: int) -> str:
    return f"{path}/{step}" if nth == 1 else f"{path}/{step}[{nth}]"


def _limit(entry: Leaf | Branch | None) -> int:
    return LINES_MAX if isinstance(entry, Branch) and entry.has_extras else REPEATS_MAX
