"""What rides along: elements and attributes that no field stands for, with where they stood.

The path of an extra is ``ubl:`` and the XPath of where it stood (for lines, from the line on):

- a basic element: its text; its attributes one by one, as ``.../@name``;
- an aggregate, or an element of a foreign namespace: the whole of it as canonical XML;
- a basic element that a field holds, but in another spelling (``6.0`` for ``6``): its text, at the
  path of the element. The spelling is used again as long as the field still has this value.

What the sender left out and is concluded from the rest is noted as ``.../not(cbc:Name)``, so that
it is left out again.

A text longer than one extra may hold is continued in the next extra of the same path.
"""

from __future__ import annotations

from typing import Final

from lxml import etree

from gateway.connectors.ubl.reader import CBC, attributes_of, step_of
from gateway.connectors.ubl.report import Report
from ledger.document.scalar import TEXT_CHARS_MAX

PREFIX: Final = "ubl:"

_BASIC: Final = f"{{{CBC}}}"

Extras = list[tuple[str, str]]


def extras_of(extras: Extras) -> list[dict[str, str]]:
    """Spell what rides along as extras, long texts in pieces."""
    return [
        {"path": PREFIX + path, "value": value[start : start + TEXT_CHARS_MAX]}
        for path, value in extras
        for start in range(0, max(len(value), 1), TEXT_CHARS_MAX)
    ]


def carry(report: Report, element: etree._Element, path: str, extras: Extras) -> None:
    """Let an element ride along unread."""
    if not element.tag.startswith(_BASIC):
        try:
            whole = etree.tostring(element, method="c14n", exclusive=True)
        except etree.C14NError:
            rule, advice = "A namespace is an absolute URI.", "Correct the xmlns attributes."
            report.add(element, rule, step_of(element.tag), advice)
            return
        extras.append((path, whole.decode("utf-8")))
    elif len(element):
        report.add_children(element)
    else:
        extras.append((path, element.text or ""))
        extras.extend((f"{path}/@{name}", value) for name, value in attributes_of(element))


def place_of(path: str, step: str, nth: int) -> str:
    """Spell the path of a child, the nth of its name."""
    return f"{path}/{step}" if nth == 1 else f"{path}/{step}[{nth}]"


def absent(step: str) -> str:
    """Write the step that says that an element was not there."""
    return f"not({step})"


def is_left_out(extras: Extras, place: str) -> bool:
    """Tell whether an element that no field holds was not there at all, rather than unreadable."""
    return not any(path.startswith(place) for path, _ in extras)
