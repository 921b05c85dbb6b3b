"""The size of bodies."""

from collections.abc import Iterable

import pytest
from starlette.types import Message, Receive, Scope, Send

from gateway.guard import Guard


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    size, is_more = 0, True
    while is_more:
        message = await receive()
        size += len(message.get("body", b""))
        is_more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


async def exchange(
    chunks: Iterable[bytes], announced: int | None = None, path: str = "/"
) -> list[Message]:
    parts = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    parts.append({"type": "http.request", "body": b"", "more_body": False})
    waiting = iter(parts)
    sent: list[Message] = []

    async def receive() -> Message:
        return next(waiting)

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [] if announced is None else [(b"content-length", str(announced).encode())]
    scope = {"type": "http", "method": "POST", "path": path, "headers": headers}
    await Guard(echo, body_bytes_max=10, message_bytes_max=20)(scope, receive, send)
    return sent


@pytest.mark.parametrize("chunks", [[b"0123456789"], [b"01234", b"56789"]])
async def test_body_up_to_the_limit_passes_and_answer_is_marked(chunks: list[bytes]) -> None:
    start, body = await exchange(chunks)
    assert (start["status"], body["body"]) == (200, b"10")
    assert (b"x-content-type-options", b"nosniff") in start["headers"]


@pytest.mark.parametrize(
    ("chunks", "announced"), [([b"x"], 11), ([b"01234", b"567890"], None), ([b"0" * 11], 3)]
)
async def test_larger_body_is_refused_announced_or_not(
    chunks: list[bytes], announced: int | None
) -> None:
    start, body = await exchange(chunks, announced)
    assert start["status"] == 413
    assert b"BodyTooLarge" in body["body"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/inbox", 200),
        ("/v1/inbox/7/content", 200),
        ("/v1/channels/mill/inbox", 200),
        ("/v1/inboxes", 413),
        ("/v1/orders", 413),
    ],
)
async def test_messages_of_partners_have_a_limit_of_their_own(path: str, status: int) -> None:
    start, _ = await exchange([b"0" * 20], path=path)
    assert start["status"] == status
    start, _ = await exchange([b"0" * 21], path=path)
    assert start["status"] == 413
