"""Writing elements of cXML."""

from __future__ import annotations

from typing import Final

from lxml import etree

from gateway.connectors.message import Finding, Location, UnwritableDocument
from ledger.document.period import Period

LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"


def add(
    parent: etree._Element | None, tag: str, text: str = "", **attributes: str | None
) -> etree._Element:
    """Add an element; attributes that are ``None`` are left out, ``lang`` is ``xml:lang``."""
    assert parent is not None
    element = etree.SubElement(parent, tag)
    try:
        element.text = text or None
        for name, value in attributes.items():
            if value is not None:
                element.set(LANGUAGE if name == "lang" else name, value)
    except ValueError:
        rule, advice = "XML holds neither control characters nor lone surrogates.", "Remove them."
        path = element.getroottree().getpath(element)
        raise UnwritableDocument([Finding(rule, Location(1, 1, path), "", advice)]) from None
    return element


def required(value: str | None, path: str) -> str:
    """Give what cXML requires.

    Raises
    ------
    UnwritableDocument
        If the document lacks it.
    """
    if value is None:
        advice = "Add it to the document."
        raise UnwritableDocument([Finding("cXML requires this.", Location(1, 1, path), "", advice)])
    return value


def moment(day: str, time: str | None) -> str:
    """Write a day, and where known its time."""
    return day if time is None else f"{day}T{time}"


def end_of(period: Period | None) -> str | None:
    """Write the end of a period."""
    if period is None or period.end_date is None:
        return None
    return moment(period.end_date, period.end_time)
