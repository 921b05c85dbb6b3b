"""What of a publisher's package can check messages, and what cannot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

XSD: Final = "xsd"
SCHEMATRON: Final = "schematron"
DTD: Final = "dtd"
JSON_SCHEMA: Final = "json-schema"


@dataclass(frozen=True, slots=True)
class Artefact:
    """Something that a kind of message can be checked with.

    Parameters
    ----------
    kind : str
        ``xsd``, ``schematron``, ``dtd`` or ``json-schema``.
    path : str
        Its file inside the package.
    names : tuple of str
        What it checks: tags of roots, requests of cXML, types of EPCIS, or a CustomizationID.
    release : str
        Its version, as its publisher counts; empty when it has none.
    since : str
        Day from which on it holds; empty for always.
    """

    kind: str
    path: str
    names: tuple[str, ...]
    release: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that would be an artefact, and why it is none.

    Parameters
    ----------
    path, reason : str
        Its file, and a fragment of a sentence.
    """

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Recognised:
    """What files are good for.

    Parameters
    ----------
    artefacts : tuple of Artefact
        What can be used.
    skipped : tuple of Skipped
        What looked like it and cannot.
    needed : frozenset of str
        Every file that the artefacts need, themselves included.
    """

    artefacts: tuple[Artefact, ...]
    skipped: tuple[Skipped, ...]
    needed: frozenset[str]
