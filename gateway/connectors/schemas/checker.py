"""Holding a message against every artefact that governs it, in one process."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, TypeVar

from gateway.connectors import detect
from gateway.connectors.detect import Kind
from gateway.connectors.json.reader import read_json
from gateway.connectors.message import ConnectorRefused
from gateway.connectors.schemas import peppol
from gateway.connectors.schemas.artefact import DTD, JSON_SCHEMA, SCHEMATRON, XSD, Artefact
from gateway.connectors.schemas.finding import RuleFinding
from gateway.connectors.schemas.json_schema import JsonSchema
from gateway.connectors.schemas.schematron import Rules
from gateway.connectors.schemas.store import Store
from gateway.connectors.schemas.xml_schema import Dtd, XmlSchema
from gateway.connectors.ubl.reader import CBC, XmlSource, read_xml

_VERSION: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){0,4}")

E = TypeVar("E", Rules, XmlSchema, Dtd, JsonSchema)


class Checker:
    """What holds messages against artefacts; it keeps what it compiled.

    Parameters
    ----------
    folder : Path
        The store.
    """

    def __init__(self, folder: Path) -> None:
        self._store = Store(folder)
        self._state: tuple[tuple[str, int], ...] = ()
        self._artefacts: dict[Artefact, Path] = {}
        self._compiled: dict[Path, Rules | XmlSchema | Dtd | JsonSchema] = {}

    def check(self, content: bytes, kind: Kind, day: str) -> tuple[RuleFinding, ...]:
        """Say what published rules a message breaks; nothing of one that cannot be read at all.

        Parameters
        ----------
        day : str
            When the message was exchanged; the release that held then is used.

        Raises
        ------
        RulesUnusable
            If an artefact cannot be used.
        """
        self._renew()
        try:
            if kind.standard == detect.EPCIS:
                return self._check_json(content)
            return self._check_xml(content, kind, day)
        except ConnectorRefused:
            # The connector says the same, better.
            return ()

    def _renew(self) -> None:
        state = self._store.state()
        if state == self._state:
            return
        self._state, self._compiled = state, {}
        self._artefacts = {
            artefact: self._store.path(package, artefact)
            for package in self._store.packages()
            for artefact in package.artefacts
        }

    def _check_json(self, content: bytes) -> tuple[RuleFinding, ...]:
        schema = self._newest(JSON_SCHEMA, "EPCISDocument")
        if schema is None:
            return ()
        return tuple(self._use(schema, JsonSchema).findings(read_json(content)))

    def _check_xml(self, content: bytes, kind: Kind, day: str) -> tuple[RuleFinding, ...]:
        is_cxml = kind.standard == detect.CXML
        source = read_xml(content, may_have_doctype=is_cxml)
        findings: list[RuleFinding] = []
        if is_cxml:
            dtd = self._newest(DTD, kind.type, source.root.get("version", ""))
            if dtd is not None:
                findings += self._use(dtd, Dtd).findings(source)
            return tuple(findings)
        schema = self._newest(XSD, source.root.tag, _said(source, "UBLVersionID"))
        if schema is not None:
            findings += self._use(schema, XmlSchema).findings(source)
        for rules in self._rules_of(source, day):
            findings += self._use(rules, Rules).findings(source)
        return tuple(findings)

    def _newest(self, kind: str, name: str, declared: str = "") -> Artefact | None:
        """Choose the newest schema; none where the message declares to be newer than it."""
        known = [each for each in self._artefacts if each.kind == kind and name in each.names]
        newest = max(known, key=lambda each: _version(each.release), default=None)
        if newest is None or (newest.release and _version(declared) > _version(newest.release)):
            return None
        return newest

    def _rules_of(self, source: XmlSource, day: str) -> list[Artefact]:
        """Choose, of each set of rules, the release that held that day, or else the first."""
        declared = _said(source, "CustomizationID")
        chosen: dict[str, Artefact] = {}
        for each in sorted(self._artefacts, key=lambda each: (each.since, each.path)):
            if each.kind != SCHEMATRON or not peppol.governs(each.names[0], declared):
                continue
            name = f"{each.names[0]} {Path(each.path).name}"
            if name not in chosen or each.since <= day:
                chosen[name] = each
        return list(chosen.values())

    def _use(self, artefact: Artefact, make: type[E]) -> E:
        path = self._artefacts[artefact]
        if path not in self._compiled:
            self._compiled[path] = make(path)
        compiled = self._compiled[path]
        assert isinstance(compiled, make), "an artefact is of one kind"
        return compiled


def _said(source: XmlSource, name: str) -> str:
    return (source.root.findtext(f"{{{CBC}}}{name}") or "").strip()


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(step) for step in text.split(".")) if _VERSION.fullmatch(text) else ()
