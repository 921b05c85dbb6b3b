"""Processing instructions: no document holds them, but canonical XML does, so they ride along.

Their path is that of the element they stand in, empty before the root; its last step is
``processing-instruction(name)[n][m]``, where n - 1 elements stand before them, and m - 1
instructions between the last of these and them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final, cast

from lxml import etree

from gateway.connectors.message import Finding, ForbiddenXml, Location
from gateway.connectors.ubl.reader import safe_parser, tag_of, xpath_of

INSTRUCTIONS_MAX: Final = 1_000

_PATH: Final = re.compile(
    r"(?P<parent>.*)/processing-instruction\((?P<name>[^()/]+)\)\[(?P<n>\d{1,6})\](\[\d{1,7}\])?"
)
_DECLARATION: Final = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml\s")
_STEP: Final = re.compile(r"/((?:\{[^}]*\})?[^/\[\]{}]+)(?:\[(\d{1,9})\])?")


def instructions_of(content: bytes) -> Iterator[tuple[str, str]]:
    """List the processing instructions before and in the root, with their paths.

    Raises
    ------
    ForbiddenXml
        If there are absurdly many.
    """
    declared = _DECLARATION.match(content)
    is_wide = b"\0" in content[:4]
    if not is_wide and content.find(b"<?", declared.end() if declared else 0) < 0:
        return
    root = etree.fromstring(content, safe_parser(has_instructions=True))
    for nth, each in enumerate(reversed([*root.itersiblings(preceding=True)]), 1):
        yield f"/processing-instruction({_name(each)})[1][{nth}]", each.text or ""
    if (excess := next(islice(root.iter(etree.PI), INSTRUCTIONS_MAX, None), None)) is not None:
        rule = f"A message has at most {INSTRUCTIONS_MAX} processing instructions."
        place, advice = Location(excess.sourceline or 1, 1), "Send the message without them."
        raise ForbiddenXml([Finding(rule, place, _name(excess), advice)])
    parents = dict.fromkeys(each.getparent() for each in root.iter(etree.PI))
    for parent in parents:
        assert parent is not None
        path, before, nth = xpath_of(parent), 0, 0
        for each in parent:
            if each.tag is etree.PI:
                nth += 1
                step = f"processing-instruction({_name(each)})[{before + 1}][{nth}]"
                yield f"{path}/{step}", each.text or ""
            else:
                before, nth = before + 1, 0


def _name(instruction: etree._Element) -> str:
    return str(cast("etree._ProcessingInstruction", instruction).target)


def put_instruction(root: etree._Element, path: str, value: str) -> bool:
    """Put a processing instruction back; tell whether the path is that of one."""
    match = _PATH.fullmatch(path)
    if match is None:
        return False
    instruction = etree.ProcessingInstruction(match["name"], value)
    if not match["parent"]:
        root.addprevious(instruction)
        return True
    parent: etree._Element | None = root
    for step, nth in _STEP.findall(match["parent"])[1:]:
        found = list(parent.iterchildren(tag_of(step))) if parent is not None else []
        parent = found[int(nth or 1) - 1] if len(found) >= int(nth or 1) else None
    if parent is not None:
        _insert(parent, instruction, int(match["n"]) - 1)
    return True


def _insert(parent: etree._Element, instruction: etree._Element, before: int) -> None:
    elements = list(parent.iterchildren("*"))
    if before < len(elements):
        elements[before].addprevious(instruction)
    else:
        parent.append(instruction)
