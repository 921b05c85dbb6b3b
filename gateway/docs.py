"""The API's description: what FastAPI derives, and the documents it cannot know about."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from gateway.actions.schemas import WishBody
from gateway.answer import ProblemView
from gateway.body import MODELS_KEY
from gateway.intents.schemas import SignedIntentBody
from gateway.orders.schemas import OrderBody
from ledger.document import DOCUMENT_MODELS

REF: Final = "#/components/schemas/{model}"
_HEAD: Final = ("document_type", "schema_version")
"""Always written, although the models can tell them by themselves."""

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
    models: list[type[BaseModel]] = [
        ProblemView,
        OrderBody,
        WishBody,
        SignedIntentBody,
        *DOCUMENT_MODELS.values(),
    ]
    _, described = models_json_schema([(model, "validation") for model in models], ref_template=REF)
    components = schema.setdefault("components", {}).setdefault("schemas", {})
    for name, definition in described["$defs"].items():
        if name in DOCUMENT_MODELS:
            definition["required"] = [*_HEAD, *definition.get("required", ())]
        components.setdefault(name, definition)
    resolved: dict[str, Any] = _with_references(schema)
    return resolved


def _with_references(node: Any) -> Any:
    """Put references to documents where their JSON is described by the names of models."""
    if isinstance(node, list):
        return [_with_references(each) for each in node]
    if not isinstance(node, dict):
        return node
    if MODELS_KEY not in node:
        return {name: _with_references(each) for name, each in node.items()}
    kept = {name: each for name, each in node.items() if name not in (MODELS_KEY, "type")}
    references = [{"$ref": REF.format(model=name)} for name in node[MODELS_KEY]]
    if len(references) == 1:
        return {**kept, "allOf": references}
    return {**kept, "oneOf": references, "discriminator": {"propertyName": "document_type"}}
