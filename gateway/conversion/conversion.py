"""From a message of one standard to messages of another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from gateway.connectors.detect import Kind
from gateway.connectors.message import ConnectorRefused, Finding, UnwritableDocument
from gateway.connectors.profile.choice import NO_PARTNERS, Partners
from gateway.conversion.form import Form, Manner, require_form
from gateway.conversion.loss import Loss, losses
from gateway.inbox.reading import read
from ledger.document.part import Document

_ADVICE: Final = "Add to the document what this standard requires, or choose another standard."


@dataclass(frozen=True, slots=True)
class Converted:
    """One document, written anew.

    Parameters
    ----------
    form : Form
        What it was written as.
    content : bytes
        The message.
    losses : tuple of Loss
        What of the document it does not hold.
    """

    document: Document
    form: Form
    content: bytes
    losses: tuple[Loss, ...]


@dataclass(frozen=True, slots=True)
class Conversion:
    """What became of a message.

    Parameters
    ----------
    source : Kind
        What it was.
    converted : tuple of Converted
        One per document that it said, in order.
    findings : tuple of Finding
        What is wrong with other messages of the same interchange, which became nothing.
    """

    source: Kind
    converted: tuple[Converted, ...]
    findings: tuple[Finding, ...]


def convert(
    content: bytes,
    standard: str,
    manner: Manner,
    sender: str = "",
    partners: Partners = NO_PARTNERS,
) -> Conversion:
    """Write in another standard what a message says.

    Parameters
    ----------
    content : bytes
        A message of any standard that is read.
    standard : str
        One of `gateway.conversion.form.STANDARDS`.
    manner : Manner
        How it is written; every document is an interchange of its own, with the next number.
    sender : str
        Who sent it; for a shop, where it is.
    partners : Partners
        Among whom its sender is found.

    Raises
    ------
    ConnectorRefused
        With everything that is wrong with the message; or `UnwritableDocument`, if the standard
        has no such message, or requires what the document does not say.
    """
    taken = read(content, sender, partners)
    if not taken.documents:
        raise ConnectorRefused(taken.findings)
    converted = tuple(
        write(each, standard, replace(manner, control=manner.control + nth))
        for nth, each in enumerate(taken.documents)
    )
    return Conversion(taken.kind, converted, taken.findings)


def write(document: Document, standard: str, manner: Manner) -> Converted:
    """Write a document in a standard, and find out what of it is lost there.

    Raises
    ------
    UnwritableDocument
        If the standard has no message for it, or requires what it does not say.
    """
    form = require_form(standard, document)
    content = form.write(document, manner)
    try:
        after = form.read(content, manner)
    except ConnectorRefused as error:
        # Nothing is given out that its receiver would refuse.
        raise UnwritableDocument(replace(f, what_to_do=_ADVICE) for f in error.findings) from None
    return Converted(document, form, content, losses(document, after))
