"""What a model refuses of a message that was JSON, with its place."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any, Final, Protocol

from pydantic import ValidationError

from gateway.connectors.json.reader import Step, has_step
from gateway.connectors.message import Finding, Location, shortened

FINDINGS_MAX: Final = 100
"""Of a hopeless message, the first hundred are enough."""


class Source(Protocol):
    """A message as JSON values, and where they stand in what was sent."""

    @property
    def value(self) -> Any:
        """The message."""

    def locate(self, steps: Iterable[Step]) -> Location:
        """Say where a value stands."""


def findings_of(
    error: ValidationError,
    source: Source,
    advice: str,
    branches: Container[str] = (),
    inside: tuple[Step, ...] = (),
) -> list[Finding]:
    """List what a model refuses, at most `FINDINGS_MAX`.

    Parameters
    ----------
    advice : str
        What to do about it.
    branches : container of str
        Names of models among which one is chosen; they are no steps.
    inside : tuple
        Steps to the part of the message that the model was given.
    """
    findings = []
    for each in error.errors(include_url=False, include_context=False):
        steps, found = _place(source.value, (*inside, *each["loc"]), branches)
        rule = each["msg"].removeprefix("Value error, ")
        if steps and isinstance(steps[-1], str):
            rule = f"{steps[-1]} {rule[:1].lower()}{rule[1:]}"
        sentence = f"{rule[:1].upper()}{rule[1:]}."
        finding = Finding(sentence, source.locate(steps), found, advice)
        if finding not in findings:
            findings.append(finding)
        if len(findings) == FINDINGS_MAX:
            break
    return findings


def _place(value: Any, steps: tuple[Step, ...], branches: Container[str]) -> tuple[list[Step], str]:
    """Leave out of a validator's path what names no member: the branches of a choice."""
    place: list[Step] = []
    for nth, step in enumerate(steps):
        is_last = nth == len(steps) - 1
        if has_step(value, step):
            value = value[step]
            place.append(step)
        elif is_last and isinstance(value, dict) and _is_name(step, branches):
            place.append(step)
            value = None
    found = "" if value is None or isinstance(value, dict | list) else shortened(str(value))
    return place, found


def _is_name(step: Step, branches: Container[str]) -> bool:
    return isinstance(step, str) and step.isidentifier() and step not in branches
