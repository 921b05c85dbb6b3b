"""XML Schema and DTD, by libxml2, which loads nothing here but the files of the artefact."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from lxml import etree

from gateway.connectors.message import shortened
from gateway.connectors.schemas.finding import FINDINGS_MAX, RuleFinding, RulesUnusable, named
from gateway.connectors.schemas.place import element_at
from gateway.connectors.ubl.reader import XmlSource

_NAMESPACE: Final = re.compile(r"\{[^}]*\}")
_ELEMENT: Final = re.compile(r"[Ee]lement '?([\w.:-]+)")
_ADVICE: Final = "Write the message as the schema of its standard has it."


class XmlSchema:
    """A compiled XML Schema.

    Parameters
    ----------
    path : Path
        Its file; what it includes lies beside it.

    Raises
    ------
    RulesUnusable
        If it is no schema.
    """

    def __init__(self, path: Path) -> None:
        try:
            parser = etree.XMLParser(no_network=True, load_dtd=False)
            self._schema = etree.XMLSchema(etree.parse(path, parser))
        except (etree.LxmlError, OSError) as error:
            raise RulesUnusable(f"{path.name}: {shortened(str(error))}") from None

    def findings(self, source: XmlSource) -> list[RuleFinding]:
        """Hold a message against the schema."""
        if self._schema.validate(source.root):
            return []
        entries = _entries(self._schema)
        return [_finding(each, source, element_at(source.root, each.path)) for each in entries]


class Dtd:
    """A compiled DTD.

    Parameters
    ----------
    path : Path
        Its file.

    Raises
    ------
    RulesUnusable
        If it is no DTD.
    """

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                self._dtd = etree.DTD(file)
        except (etree.LxmlError, OSError) as error:
            raise RulesUnusable(f"{path.name}: {shortened(str(error))}") from None

    def findings(self, source: XmlSource) -> list[RuleFinding]:
        """Hold a message against the DTD."""
        if self._dtd.validate(source.root):
            return []
        entries = _entries(self._dtd)
        return [_finding(each, source, _on_line(each, source.root)) for each in entries]


def _entries(validator: Any) -> list[Any]:
    return list(validator.error_log)[:FINDINGS_MAX]


def _on_line(entry: Any, root: etree._Element) -> etree._Element:
    """Find the element of an entry, which tells its line and, in words, its name."""
    named = _ELEMENT.search(entry.message)
    names = (named[1],) if named else ("*",)
    found = (each for each in root.iter(*names) if each.sourceline == entry.line)
    return next(found, root)


def _finding(entry: Any, source: XmlSource, element: etree._Element) -> RuleFinding:
    rule_id = entry.type_name.lower().replace("_", "-")
    rule = named(rule_id, _NAMESPACE.sub("", entry.message))
    found = "" if len(element) else shortened((element.text or "").strip())
    return RuleFinding(rule, source.locate(element), found, _ADVICE, rule_id)
