"""What is wrong with a UBL message, gathered with its places."""

from __future__ import annotations

from typing import Any, Final

from lxml import etree
from pydantic import ValidationError

from gateway.connectors.message import Finding, shortened
from gateway.connectors.ubl.reader import XmlSource, step_of
from gateway.connectors.ubl.scalar import Kind

FINDINGS_MAX: Final = 100


class Report:
    """The findings of one message so far, and the element each object came from.

    Parameters
    ----------
    source : XmlSource
        The message.
    has_origins : bool
        Whether the element of each object is to be remembered.
    """

    def __init__(self, source: XmlSource, *, has_origins: bool = False) -> None:
        self.source = source
        self.has_origins = has_origins
        self.findings: list[Finding] = []
        self.origins: dict[int, etree._Element] = {}

    @property
    def is_full(self) -> bool:
        """Whether there is enough to say: of a hopeless message the first hundred will do."""
        return len(self.findings) >= FINDINGS_MAX

    def add(self, element: etree._Element, rule: str, found: str, what_to_do: str) -> None:
        """Add a finding at an element, unless there are enough."""
        if self.is_full:
            return
        location = self.source.locate(element)
        self.findings.append(Finding(rule, location, shortened(found), what_to_do))

    def model_findings(self, error: ValidationError, fields: dict[str, Any]) -> list[Finding]:
        """Locate what the model of the document refuses."""
        findings = []
        errors = error.errors(include_url=False, include_context=False, include_input=False)
        # A list whose only item is refused is not too short as well.
        inner = {each["loc"][:depth] for each in errors for depth in range(len(each["loc"]))}
        errors = [
            each for each in errors if each["type"] != "too_short" or each["loc"] not in inner
        ]
        for each in errors[:FINDINGS_MAX]:
            at: Any = fields
            element, rest = self.source.root, list(each["loc"])
            while rest:
                at = at[int(rest[0])] if isinstance(at, list) else at.get(rest[0])
                if not isinstance(at, dict | list):
                    break
                rest.pop(0)
                element = self.origins.get(id(at), element)
            message = each["msg"].removeprefix("Value error, ")
            where = ".".join(str(step) for step in each["loc"])
            findings.append(
                Finding(
                    f"The document of the network breaks a rule: {message}.",
                    self.source.locate(element),
                    where,
                    "Correct the element so that the rule holds.",
                )
            )
        return findings

    def add_value(self, element: etree._Element, kind: Kind, found: str) -> None:
        """Add that a value breaks its rule."""
        self.add(element, kind.rule, found, kind.what_to_do)

    def add_missing(self, element: etree._Element, step: str) -> None:
        """Add that an element lacks a child."""
        name = etree.QName(element).localname
        self.add(element, f"{name} has {step}.", "", f"Add {step} with its value.")

    def add_place(self, parent: etree._Element, element: etree._Element, rank: int) -> None:
        """Add that UBL has no such element, or not at this place."""
        name, step = etree.QName(parent).localname, step_of(element.tag)
        if rank < 0:
            rule = f"{step} is no element of {name} in UBL."
            advice = "Correct its name or namespace, or move it into ext:UBLExtensions."
        else:
            before = element.getprevious()
            assert before is not None
            rule = f"In {name}, {step} stands before {step_of(before.tag)}."
            advice = "Write the elements in the order of UBL."
        self.add(element, rule, element.text or "", advice)

    def add_repeated(self, element: etree._Element) -> None:
        """Add that an element stands more than once."""
        rule = f"{step_of(element.tag)} stands at most once here."
        self.add(element, rule, element.text or "", "Remove all but one of them.")

    def add_children(self, element: etree._Element) -> None:
        """Add that a basic element holds elements."""
        rule = f"{step_of(element.tag)} is a basic element and holds text only."
        self.add(element, rule, step_of(element[0].tag), "Remove the elements inside it.")
