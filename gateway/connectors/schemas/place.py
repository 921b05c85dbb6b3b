"""From the XPath in a report to the element of the message that it names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from lxml import etree

_STEP: Final = re.compile(
    r"""/(?:\*:|Q\{(?P<q>[^}]*)\}|[\w.-]+:)?(?P<name>@?[\w.-]+|@\*:[\w.-]+|\*)"""
    r"""(?:\[namespace-uri\(\)\s*=\s*(?P<quote>['"])(?P<namespace>[^'"]*)(?P=quote)\])?"""
    r"""(?:\[(?P<nth>\d+)\])?"""
)


def element_at(root: etree._Element, path: str) -> etree._Element:
    """Find the element that a path leads to; the nearest one above where it leads nowhere.

    Parameters
    ----------
    root : lxml element
        The root of the message.
    path : str
        Steps of names or ``*`` with their places, as validators of schemas and Schematron write
        them: ``/*:Order[namespace-uri()='...'][1]/*:ID[1]``, ``/cac:A[2]``, ``/*/*[3]``.
    """
    at: etree._Element | None = None
    for step in _STEP.finditer(path):
        if step["name"].startswith("@"):
            break
        below = (root,) if at is None else at.iterchildren("*")
        found = _nth(below, step)
        if found is None:
            break
        at = found
    return root if at is None else at


def _nth(elements: Iterable[etree._Element], step: re.Match[str]) -> etree._Element | None:
    wanted, nth = step["name"], int(step["nth"] or 1)
    namespace = step["namespace"] or step["q"]
    for element in elements:
        name = etree.QName(element)
        if wanted not in ("*", name.localname):
            continue
        if namespace is not None and namespace != (name.namespace or ""):
            continue
        nth -= 1
        if nth == 0:
            return element
    return None
