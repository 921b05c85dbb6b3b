"""Readiness, the API's description, and what a gateway loads and listens on."""

import json
import subprocess
import sys
from typing import Any

from tests.e2e.gateway.world import Desk, World


async def test_ready_gateway_names_its_checks_and_members(world: World, brand: Desk) -> None:
    assert await brand.read("/healthz") == {"status": "alive"}
    ready = await brand.until("/readyz", lambda found: found["status"] == "ready")
    assert set(ready["checks"]) == {"chain", "database", "vault", "lag", "workers"}
    assert brand.number in ready["organisations"]


async def test_description_names_documents_problems_and_examples(brand: Desk) -> None:
    schema = await brand.read("/openapi.json")
    components = schema["components"]["schemas"]
    named = set(_references(schema))
    assert named <= set(components)
    assert {"Order", "OrderResponse", "QualityReport", "ProblemView", "OrderBody"} <= named
    unrefused = ("/rotate", "/fetch", "/attachments", "/inbox", "/conversions")
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            if path.startswith("/v1/"):
                assert "401" in operation["responses"], (method, path)
                assert operation["security"], (method, path)
            if method == "post" and not path.endswith(unrefused):
                problems = operation["responses"]["409"]["content"]["application/problem+json"]
                assert problems["examples"], path
    posted = schema["paths"]["/v1/orders"]["post"]["requestBody"]["content"]
    assert set(posted) == {"application/json", "application/xml"}


def test_gateway_loads_no_solver_and_no_foreign_chain_client() -> None:
    program = (
        "import sys, json, gateway.app; "
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(answer.stdout))
    assert not loaded & {"ortools", "pyvrp", "vroom", "scipy", "web3", "lxml"}


async def test_type_of_every_problem_leads_to_its_explanation(brand: Desk) -> None:
    answer = await brand.get("/docs/errors", Authorization="")
    assert answer.headers["Content-Type"].startswith("text/html")
    named = ["OrderUnexpectedState", "VersionStale", "IdempotencyKeyReused", "Unreachable"]
    named += ["DocumentUnread", "DocumentInvalid", "EnvelopeMalformed", "BlockTooLarge"]
    for name in named:
        assert f"id={name}>".encode() in answer.content


async def test_organisations_are_shown_to_members(brand: Desk) -> None:
    own = await brand.read(f"/v1/organisations/{brand.number}")
    assert (own["name"], own["roles"], own["is_hosted_here"]) == ("brand", ["brand"], True)
    (await brand.get("/v1/organisations/99999")).refused(404, "OrganisationUnknown")
    (await brand.get("/v1/organisations/zero")).refused(422, "RequestInvalid")


def _references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [name for each in node for name in _references(each)]
    if not isinstance(node, dict):
        return []
    own = [node["$ref"].rpartition("/")[2]] if isinstance(node.get("$ref"), str) else []
    return own + [name for each in node.values() for name in _references(each)]
