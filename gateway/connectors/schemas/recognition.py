"""Recognising artefacts: what a file of a publisher can check."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any, Final

from lxml import etree

from gateway.connectors.schemas import peppol
from gateway.connectors.schemas.artefact import (
    DTD,
    JSON_SCHEMA,
    SCHEMATRON,
    XSD,
    Artefact,
    Recognised,
    Skipped,
)
from gateway.connectors.ubl.reader import safe_parser

_XS: Final = "http://www.w3.org/2001/XMLSchema"
_XSL: Final = "http://www.w3.org/1999/XSL/Transform"
_SVRL: Final = "http://purl.oclc.org/dsdl/svrl"
_UBL: Final = re.compile(r"urn:oasis:names:specification:ubl:schema:xsd:(\w+)-2")
_EPCIS: Final = re.compile(r"urn:epcglobal:epcis(?:-query)?:xsd:[12]")
_EPCIS_ROOTS: Final = ("EPCISDocument", "EPCISQueryDocument")
_CXML_REQUESTS: Final = frozenset(
    ("OrderRequest", "ConfirmationRequest", "ShipNoticeRequest", "InvoiceDetailRequest")
)
_CXML_VERSION: Final = re.compile(rb"""<!ENTITY\s+cxml\.version\s+["']([0-9.]{1,20})["']""")
_CXML_ROOT: Final = re.compile(rb"<!ELEMENT\s+cXML\s")
_EXTERNAL_ENTITY: Final = re.compile(rb"<!ENTITY\s+(?:%\s*)?[^\s>]+\s+(?:SYSTEM|PUBLIC)\b")
_POINTERS: Final = ("import", "include", "redefine", "override")


def recognise(files: Mapping[str, bytes], customization: str = "", since: str = "") -> Recognised:
    """Find the artefacts among files.

    Parameters
    ----------
    customization : str
        The CustomizationID that Schematron of other publishers than Peppol holds for.
    since : str
        Day from which on Schematron holds that names no release.
    """
    artefacts: list[Artefact] = []
    skipped: list[Skipped] = []
    needed: set[str] = set()
    for path, content in files.items():
        try:
            artefact = _artefact(path, content, customization, since)
            if artefact is None:
                continue
            needed |= _closure(path, files) if artefact.kind == XSD else {path}
        except _Unfit as error:
            skipped.append(Skipped(path, str(error)))
            continue
        artefacts.append(artefact)
    return Recognised(tuple(artefacts), tuple(skipped), frozenset(needed))


class _Unfit(Exception):
    """Why a file cannot be used."""


def _artefact(path: str, content: bytes, customization: str, since: str) -> Artefact | None:
    suffix = PurePosixPath(path).suffix.lower()
    if suffix == ".dtd":
        return _of_dtd(path, content)
    if suffix == ".json":
        return _of_json_schema(path, content)
    root = _root(content)
    if suffix == ".xsd":
        return _of_xsd(path, root)
    return _of_stylesheet(path, root, customization, since)


def _root(content: bytes) -> etree._Element:
    try:
        return etree.fromstring(content, safe_parser())
    except etree.XMLSyntaxError as error:
        raise _Unfit(f"is not XML: {error.msg}") from None


def _of_xsd(path: str, root: etree._Element) -> Artefact | None:
    namespace = root.get("targetNamespace", "")
    names = {each.get("name", "") for each in root.iterchildren(f"{{{_XS}}}element")}
    ubl = _UBL.fullmatch(namespace)
    roots = [ubl[1]] if ubl else list(_EPCIS_ROOTS) if _EPCIS.fullmatch(namespace) else []
    checked = tuple(f"{{{namespace}}}{name}" for name in roots if name in names)
    return Artefact(XSD, path, checked, root.get("version", "")) if checked else None


def _of_stylesheet(
    path: str, root: etree._Element, customization: str, since: str
) -> Artefact | None:
    if not isinstance(root.tag, str) or not root.tag.startswith(f"{{{_XSL}}}"):
        return None
    if _SVRL not in root.nsmap.values():
        return None
    if next(root.iter(f"{{{_XSL}}}include", f"{{{_XSL}}}import"), None) is not None:
        raise _Unfit("includes another file; take the stylesheet that stands by itself")
    release = peppol.release_in(path)
    if customization:
        return Artefact(SCHEMATRON, path, (customization,), release, since or peppol.since(release))
    known = peppol.CUSTOMIZATIONS.get(PurePosixPath(path).stem)
    if known is None or not (release or "/" not in path):
        raise _Unfit("holds rules of nobody known; add it alone with --customization")
    return Artefact(SCHEMATRON, path, (known,), release, since or peppol.since(release))


def _of_dtd(path: str, content: bytes) -> Artefact | None:
    if not _CXML_ROOT.search(content):
        return None
    if _EXTERNAL_ENTITY.search(content):
        raise _Unfit("refers to another file; take the DTD that stands by itself")
    try:
        declared = etree.DTD(BytesIO(content)).iterelements()  # type: ignore[attr-defined]
    except etree.LxmlError as error:
        raise _Unfit(f"is no DTD: {error}") from None
    held = {name for each in declared if each.name == "Request" for name in _names(each.content)}
    version = _CXML_VERSION.search(content)
    requests = tuple(sorted(held & _CXML_REQUESTS))
    if not requests:
        return None
    return Artefact(DTD, path, requests, version[1].decode() if version else "")


def _names(content: Any) -> Iterator[str]:
    """Name the elements of a content model, which is a tree of pairs."""
    waiting = [content]
    while waiting:
        at = waiting.pop()
        if at is not None:
            waiting += (at.left, at.right)
            if at.type == "element":
                yield at.name


def _of_json_schema(path: str, content: bytes) -> Artefact | None:
    try:
        schema = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(schema, dict) or "EPCIS" not in str(schema.get("$id")):
        return None
    if "epcisDocument" not in schema.get("definitions", {}):
        return None
    if any(not pointer.startswith("#") for pointer in _pointers(schema)):
        raise _Unfit("refers to other files; take the schema that stands by itself")
    return Artefact(JSON_SCHEMA, path, _EPCIS_ROOTS)


def _pointers(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [found for each in value.values() for found in _pointers(each)]
    if isinstance(value, list):
        return [found for each in value for found in _pointers(each)]
    return []


def _closure(path: str, files: Mapping[str, bytes]) -> set[str]:
    """Find every schema that one needs; it may need none that lies elsewhere."""
    found, waiting = {path}, [path]
    while waiting:
        at = waiting.pop()
        for pointer in _root(files[at]).iterchildren(*(f"{{{_XS}}}{each}" for each in _POINTERS)):
            location = pointer.get("schemaLocation")
            if location is None:
                continue
            target = posixpath.normpath(posixpath.join(posixpath.dirname(at), location))
            if target not in files:
                raise _Unfit(f"needs {location}, which is not in the package")
            if target not in found:
                found.add(target)
                waiting.append(target)
    return found
