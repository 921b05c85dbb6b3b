"""The page that every problem's `type` leads to: each named error, its status and its remedy."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import cache
from html import escape

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from gateway.errors import GatewayError
from gateway.problems import statuses
from ledger.catalogue import catalogue

router = APIRouter(include_in_schema=False)

_HEAD = "<!doctype html><meta charset=utf-8><title>Consign: errors</title><h1>Errors</h1>"


@router.get("/docs/errors", response_class=HTMLResponse)
def read_errors() -> HTMLResponse:
    """Show every named error."""
    return HTMLResponse(_page())


@cache
def _page() -> str:
    entries = sorted({*_of_ledger(), *_of_gateway(), *_of_others()})
    return _HEAD + "".join(
        f"<h2 id={escape(name)}>{escape(name)} <small>{status}</small></h2>"
        + "".join(f"<p>{escape(text)}</p>" for text in (why, remedy) if text)
        for name, status, why, remedy in entries
    )


def _of_ledger() -> Iterator[tuple[str, int, str, str]]:
    for entry in catalogue().values():
        yield entry.name, entry.status, entry.why, entry.remedy


def _of_gateway() -> Iterator[tuple[str, int, str, str]]:
    for kind in _kinds(GatewayError):
        if hasattr(kind, "status"):
            yield kind.__name__, kind.status, _meaning(kind), kind.remedy


def _of_others() -> Iterator[tuple[str, int, str, str]]:
    for kind, status in statuses().items():
        yield kind.__name__, status, _meaning(kind), ""


def _meaning(kind: type[Exception]) -> str:
    """Take the first paragraph of a class's docstring."""
    return (inspect.getdoc(kind) or "").partition("\n\n")[0]


def _kinds(kind: type[GatewayError]) -> Iterator[type[GatewayError]]:
    """Walk the errors of all nouns."""
    yield kind
    for each in kind.__subclasses__():
        yield from _kinds(each)
