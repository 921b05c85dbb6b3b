"""Newline-delimited JSON: many requests in one body, and as many answers in one.

What is wrong with a line is said of that line, by its number, and keeps no other from its effect.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from fastapi import Request
from pydantic import BaseModel, TypeAdapter, ValidationError

from gateway.body import JSON_TYPE, distinct_names, media_type_of
from gateway.errors import BodyTooLarge, Finding, GatewayError, MediaTypeUnsupported, RequestInvalid
from gateway.problems import problem_of

LINES_TYPE: Final = "application/x-ndjson"
LINES_ANSWERED: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "To lines: what became of each, in their order.",
        "content": {LINES_TYPE: {"schema": {"type": "string"}}},
    }
}
"""What a path that takes lines answers them with, for OpenAPI."""

_REMEDY: Final = "Mend the line and send it again, without those that were accepted."

T = TypeVar("T")


def lines_body(model: type[BaseModel]) -> dict[str, Any]:
    """Describe a body that is one JSON object or a line with each, for OpenAPI."""
    one = {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}
    lines = {"schema": {"type": "string", "description": "In each line what JSON has alone."}}
    return {"requestBody": {"required": True, "content": {JSON_TYPE: one, LINES_TYPE: lines}}}


def is_lines(request: Request) -> bool:
    """Tell whether a body holds many requests.

    Raises
    ------
    MediaTypeUnsupported
        If it is neither that nor JSON.
    """
    media_type = media_type_of(request)
    if media_type not in (JSON_TYPE, LINES_TYPE):
        detail = f"The path does not take {media_type}."
        raise MediaTypeUnsupported(detail, media_type=media_type)
    return media_type == LINES_TYPE


def lines_of(body: bytes, most: int) -> list[bytes]:
    """Part a body into its lines; an empty one at the end is none.

    Raises
    ------
    BodyTooLarge
        If there are too many.
    RequestInvalid
        If there is none.
    """
    lines = body.split(b"\n")
    if not lines[-1].strip():
        del lines[-1]
    if not lines:
        raise RequestInvalid("The body has no line.", (Finding("", "must have a line of JSON"),))
    if len(lines) > most:
        detail = f"The body has {len(lines)} lines, more than {most}."
        raise BodyTooLarge(detail, lines_max=most)
    return lines


def read_line(line: bytes, model: TypeAdapter[T]) -> T:
    """Read a line, or a body that is one JSON object.

    Raises
    ------
    RequestInvalid
        If it is not JSON that says each thing once, or not of the shape of `model`.
    """
    try:
        return model.validate_python(json.loads(line, object_pairs_hook=distinct_names))
    except ValidationError as invalid:
        found = invalid.errors(include_url=False, include_input=False, include_context=False)
        findings = tuple(
            Finding("/" + "/".join(map(str, each["loc"])), str(each["msg"])) for each in found
        )
    except RecursionError:
        findings = (Finding("", "must not nest so deeply"),)
    except ValueError:
        findings = (Finding("", "must be one JSON object in UTF-8"),)
    raise RequestInvalid("It does not have the shape that this path takes.", findings)


def refused_line(number: int, error: Exception) -> bytes:
    """Say why a line was refused.

    Parameters
    ----------
    number : int
        Of the line, from 1.
    """
    problem = json.loads(problem_of(error).body())
    problem["line"] = number
    if isinstance(error, GatewayError):
        problem["remedy"] = _REMEDY
    return json.dumps({"status": "refused", "problem": problem}, ensure_ascii=False).encode()


def answered(outcomes: Sequence[T | Exception], describe: Callable[[T], dict[str, Any]]) -> bytes:
    """Write the answer to each line, in their order."""
    written = [
        refused_line(number, outcome)
        if isinstance(outcome, Exception)
        else json.dumps(describe(outcome)).encode()
        for number, outcome in enumerate(outcomes, 1)
    ]
    written.append(b"")
    return b"\n".join(written)
