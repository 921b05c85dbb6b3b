"""Business rules in Schematron, compiled to XSLT by their publisher, run by SaxonC-HE.

Notes
-----
Source: ISO/IEC 19757-3, annex D (SVRL). The processor may open no address at all, not even a file:
stylesheets are compiled from their text and given the message that was parsed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import saxonche
from lxml import etree

from gateway.connectors.message import shortened
from gateway.connectors.schemas.finding import (
    ERROR,
    FINDINGS_MAX,
    WARNING,
    RuleFinding,
    RulesUnusable,
    named,
)
from gateway.connectors.schemas.place import element_at
from gateway.connectors.ubl.reader import XmlSource, safe_parser

_SVRL: Final = "{http://purl.oclc.org/dsdl/svrl}"
_MILD: Final = frozenset(("warning", "warn", "information", "info"))
_TITLE: Final = re.compile(r"\s*\[([^\]]{1,80})\]\s*-?\s*")
_QUOTED: Final = re.compile(r'string "([^"]+)"')
_INAPPLICABLE: Final = "rules-inapplicable"
_CORRECT_VALUE: Final = "Correct the value that the rules fail on; other findings name it too."
_ADVICE: Final = "Correct what the rule names, or ask its publisher what it means."


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that a message broke.

    Parameters
    ----------
    rule_id, flag : str
        Name of the rule; ``error`` or ``warning``.
    path : str
        The XPath of the place, as the stylesheet writes it.
    text : str
        What the rule says.
    """

    rule_id: str
    flag: str
    path: str
    text: str


class RulesInapplicable(Exception):
    """The rules fail on a message; the message of the error says on what."""


class Rules:
    """A compiled stylesheet.

    Parameters
    ----------
    path : Path
        Its file.

    Raises
    ------
    RulesUnusable
        If it does not compile.
    """

    def __init__(self, path: Path) -> None:
        self.name = path.stem
        try:
            text = path.read_text(encoding="utf-8-sig")
            self._compiled = _compiler().compile_stylesheet(stylesheet_text=text)
        except (saxonche.PySaxonApiError, OSError, UnicodeDecodeError) as error:
            raise RulesUnusable(f"{path.name}: {shortened(str(error))}") from None

    def failures(self, root: etree._Element) -> list[Failure]:
        """Hold a message against the rules.

        Raises
        ------
        RulesInapplicable
            If they do not come to an end, as with a number that is none.
        RulesUnusable
            If the stylesheet reports nothing that can be read.
        """
        node = _processor().parse_xml(xml_text=etree.tostring(root, encoding="unicode"))
        try:
            report = self._compiled.transform_to_string(xdm_node=node)
        except saxonche.PySaxonApiError as error:
            raise RulesInapplicable(" ".join(str(error).split())) from None
        try:
            return list(_failures(etree.fromstring((report or "").encode(), safe_parser())))
        except etree.XMLSyntaxError as error:
            raise RulesUnusable(f"{self.name}: {shortened(str(error))}") from None

    def findings(self, source: XmlSource) -> list[RuleFinding]:
        """Hold a message against the rules; each finding at the element that the rule names."""
        try:
            failures = self.failures(source.root)[:FINDINGS_MAX]
        except RulesInapplicable as error:
            return [_inapplicable(self.name, str(error), source)]
        return [_finding(each, source) for each in failures]


def _failures(report: etree._Element) -> Iterator[Failure]:
    for failed in report.iter(f"{_SVRL}failed-assert", f"{_SVRL}successful-report"):
        said = failed.find(f"{_SVRL}text")
        text = "" if said is None else _flat(said)
        title = _TITLE.match(text)
        rule_id = failed.get("id") or (title[1] if title else "")
        flag = (failed.get("flag") or failed.get("role") or "").lower()
        yield Failure(
            rule_id,
            WARNING if flag in _MILD else ERROR,
            failed.get("location", ""),
            text[title.end() :] if title and title[1] == rule_id else text,
        )


def _flat(element: etree._Element) -> str:
    whole = etree.tostring(element, method="text", encoding="unicode", with_tail=False)
    return " ".join(whole.split())


def _finding(failure: Failure, source: XmlSource) -> RuleFinding:
    element = element_at(source.root, failure.path)
    found = "" if len(element) else shortened((element.text or "").strip())
    return RuleFinding(
        named(failure.rule_id, failure.text),
        source.locate(element),
        found,
        _ADVICE,
        failure.rule_id,
        failure.flag,
    )


def _inapplicable(name: str, error: str, source: XmlSource) -> RuleFinding:
    quoted = _QUOTED.search(error)
    value = quoted[1] if quoted else ""
    elements = (each for each in source.root.iter("*") if (each.text or "") == value)
    element = next(elements, source.root) if value else source.root
    rule = named(_INAPPLICABLE, f"The rules of {name} can be applied to this message")
    return RuleFinding(
        rule, source.locate(element), shortened(error), _CORRECT_VALUE, _INAPPLICABLE
    )


@cache
def _processor() -> Any:
    """Make the processor of this process; it is closed to files and addresses."""
    processor = saxonche.PySaxonProcessor(license=False)
    for feature, value in (("allowedProtocols", ""), ("allow-external-functions", "false")):
        processor.set_configuration_property(f"http://saxon.sf.net/feature/{feature}", value)
    return processor


@cache
def _compiler() -> Any:
    return _processor().new_xslt30_processor()
