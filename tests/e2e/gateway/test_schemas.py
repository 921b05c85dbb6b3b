"""The JSON Schemas of documents, as a gateway publishes them."""

import pytest

from ledger.document.part import SCHEMA_VERSION
from tests.e2e.gateway.world import Desk


async def test_every_version_is_published_whole_and_type_by_type(brand: Desk) -> None:
    versions = await brand.read("/v1/schemas")
    assert [each["version"] for each in versions] == list(range(1, SCHEMA_VERSION + 1))
    assert "Invoice" in versions[-1]["document_types"]
    assert "Invoice" not in versions[0]["document_types"]
    whole = await brand.read(f"/v1/schemas/{SCHEMA_VERSION}")
    one = await brand.read(f"/v1/schemas/{SCHEMA_VERSION}/Invoice")
    assert one["properties"] == whole["$defs"]["Invoice"]["properties"]
    answer = await brand.get("/v1/schemas/1/Order")
    assert answer.headers["Content-Type"] == "application/schema+json"


@pytest.mark.parametrize("path", ["/v1/schemas/9", "/v1/schemas/1/Invoice", "/v1/schemas/2/Price"])
async def test_schema_that_was_never_published_is_named(brand: Desk, path: str) -> None:
    answer = await brand.get(path)
    answer.refused(404, "SchemaUnknown")
