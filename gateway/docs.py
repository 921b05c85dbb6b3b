"""The API's description: what FastAPI derives, and the documents it cannot know about."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from gateway.answer import ProblemView
from ledger.document import DOCUMENT_MODELS

REF: Final = "#/components/schemas/{model}"
DESCRIPTION: Final = """
Translates the documents of companies into signed intents on a shared ledger, and back.

* **Recording** requests answer `202` once the wish is accepted. `Prefer: wait=10` waits until the
  chain has recorded or refused it. `Idempotency-Key` makes them safe to repeat.
* **Refusals** are RFC 9457 problems whose `error` names the broken rule.
* **Lists** are read page by page: send `next` as `cursor`.
"""


def describe(app: FastAPI) -> None:
    """Have an application describe itself with every document type and problem in it."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _schema(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _schema(app: FastAPI) -> dict[str, Any]:
    schema = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    models: list[type[BaseModel]] = [ProblemView, *DOCUMENT_MODELS.values()]
    _, described = models_json_schema([(model, "validation") for model in models], ref_template=REF)
    components = schema.setdefault("components", {}).setdefault("schemas", {})
    for name, definition in described["$defs"].items():
        components.setdefault(name, definition)
    return schema
