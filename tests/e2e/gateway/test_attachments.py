"""Files go up to one gateway, along with a document, and down from the other's."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from ledger.attachment.chunk import CHUNK_BYTES
from tests.e2e.gateway.story import issue, opened
from tests.e2e.gateway.world import STRANGER, Answer, Desk, World
from tests.unit.gateway import papers

PDF = b"%PDF-1.7\n" + b"Lot L-1 passed every test.\n" * 100_000 + b"%%EOF\n"
UPLOAD = "/v1/attachments?file_name=Pr%C3%BCfbericht%20L-1.pdf"


async def upload(
    desk: Desk, content: bytes = PDF, mime_code: str = "application/pdf", path: str = UPLOAD
) -> Answer:
    return await desk.post(path, content, **{"Content-Type": mime_code})


async def issue_with(brand: Desk, agreement: str, *files: Any) -> Answer:
    document = papers.order("5") | {"attachment": list(files)}
    body = {"agreement": agreement, "document": document}
    return await brand.post("/v1/orders", body, Prefer="wait=20")


async def attachments_of(desk: Desk, order: str) -> str:
    """Where the files lie that were issued with an order."""
    (fact, *_) = (await desk.read(f"/v1/orders/{order}/timeline"))["items"]
    return f"/v1/documents/{fact['commitment']}/attachments"


@pytest.fixture
async def path(brand: Desk, agreement: str) -> str:
    """Where the order lies to which the brand attached a certificate."""
    file = (await upload(brand)).body
    answer = await issue_with(brand, agreement, file | {"description": "Lab's own form."})
    assert answer.status == 202, answer.content
    return await attachments_of(brand, answer.body["order"])


async def test_upload_is_described_as_a_document_is_to_say_it(brand: Desk) -> None:
    answer = await upload(brand)
    assert answer.status == 201
    assert len(PDF) > 2 * CHUNK_BYTES
    described = {key: value for key, value in answer.body.items() if key != "id"}
    assert described == {
        "file_name": "Pr\u00fcfbericht L-1.pdf",
        "mime_code": "application/pdf",
        "size_bytes": len(PDF),
        "digest": "0x" + hashlib.sha256(PDF).hexdigest(),
    }


async def test_counterparty_reads_the_file_that_was_attached(
    brand: Desk, supplier: Desk, path: str
) -> None:
    for desk in (brand, supplier):
        (file,) = await desk.until(path, lambda found: found and found[0]["status"] == "held")
        answer = await desk.get(f"{path}/{file['id']}")
        assert answer.status == 200
        assert answer.content == PDF
        assert file["digest"] == "0x" + hashlib.sha256(answer.content).hexdigest()


async def test_file_is_never_shown_or_run_by_a_browser(brand: Desk, path: str) -> None:
    (file,) = await brand.read(path)
    headers = (await brand.get(f"{path}/{file['id']}")).headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"] == (
        "attachment; filename*=UTF-8''Pr%C3%BCfbericht%20L-1.pdf"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Content-Length"] == str(len(PDF))


async def test_others_see_neither_the_list_nor_the_file(
    world: World, brand: Desk, path: str
) -> None:
    (file,) = await brand.read(path)
    async with world.desk(STRANGER) as stranger:
        for asked in (path, f"{path}/{file['id']}"):
            (await stranger.get(asked)).refused(404, "DocumentUnknown")
    (await brand.get(f"{path}/another")).refused(404, "AttachmentUnknown")
    (await brand.get("/v1/documents/0x00/attachments")).refused(404, "DocumentUnknown")


@pytest.mark.parametrize(
    "change",
    [
        {"id": "nobody uploaded it"},
        {"digest": "0x" + "11" * 32},
        {"size_bytes": 1},
        {"mime_code": "image/png"},
        {"file_name": "other.pdf"},
    ],
)
async def test_file_that_is_described_otherwise_is_refused(
    brand: Desk, agreement: str, change: dict[str, Any]
) -> None:
    file = (await upload(brand)).body
    answer = await issue_with(brand, agreement, file | change)
    assert "attachment" in answer.refused(404, "AttachmentUnknown")["context"]


async def test_file_of_another_member_is_refused(world: World, brand: Desk, agreement: str) -> None:
    async with world.desk(STRANGER) as stranger:
        file = (await upload(stranger)).body
    (await issue_with(brand, agreement, file)).refused(404, "AttachmentUnknown")


@pytest.mark.parametrize(
    ("content", "mime_code", "name", "status", "error"),
    [
        (PDF, "image/svg+xml", "a.svg", 422, "AttachmentTypeUntaken"),
        (PDF, "image/png", "a.png", 422, "AttachmentTypeMismatch"),
        (PDF, "application/pdf", "a.exe", 422, "AttachmentTypeMismatch"),
        (PDF + b"PK\x05\x06%%EOF", "application/pdf", "a.pdf", 422, "AttachmentActive"),
        (b"<svg onload='x'/>", "text/csv", "a.csv", 422, "AttachmentActive"),
        (b"", "text/csv", "a.csv", 422, "AttachmentEmpty"),
        (PDF, "application/pdf", "..", 422, "FileNameInvalid"),
    ],
)
async def test_what_is_no_such_file_is_refused_and_not_kept(
    world: World, content: bytes, mime_code: str, name: str, status: int, error: str, brand: Desk
) -> None:
    before = held(world)
    path = f"/v1/attachments?file_name={name}"
    (await upload(brand, content, mime_code, path)).refused(status, error)
    assert held(world) == before


async def test_file_needs_a_name_and_its_sender_a_key(world: World, brand: Desk) -> None:
    (await upload(brand, path="/v1/attachments")).refused(422, "RequestInvalid")
    answer = await brand.post(UPLOAD, PDF, Authorization="Bearer of nothing")
    answer.refused(401, "ApiKeyUnknown")


async def test_file_that_is_too_large_is_refused_before_it_arrives(brand: Desk) -> None:
    async with brand.session.post(
        UPLOAD, data=b"", headers={"Content-Length": str(200 * 1024 * 1024)}, timeout=None
    ) as answer:
        body = Answer(answer.status, answer.headers, await answer.read())
    body.refused(413, "BodyTooLarge")


async def test_revision_may_name_the_same_file_again(
    brand: Desk, supplier: Desk, agreement: str
) -> None:
    file = (await upload(brand, b"a;b\n", "text/csv", "/v1/attachments?file_name=lots.csv")).body
    for _ in range(2):
        answer = await issue_with(brand, agreement, file)
        assert answer.status == 202, answer.content
        await opened(supplier, answer.body["order"])
        path = await attachments_of(supplier, answer.body["order"])
        await supplier.until(path, lambda found: found and found[0]["status"] == "held")
        assert (await supplier.get(f"{path}/{file['id']}")).content == b"a;b\n"


async def test_document_without_files_has_an_empty_list(brand: Desk, agreement: str) -> None:
    order = await issue(brand, agreement, "5")
    assert await brand.read(await attachments_of(brand, order)) == []


def held(world: World) -> int:
    """Count the large blocks at the brand's gateway."""
    home = world.gateways["brand"].home
    return len(list((home / "vault/large").iterdir()))
