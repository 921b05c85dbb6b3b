"""The examples of docs/events.md do what the page says."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import subprocess
import sys
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from gateway.webhooks.attempt import attempt, message, new_secret, session, signed
from ledger.outward import LOOPBACK

GUIDE = Path(__file__).parents[4] / "docs" / "events.md"
SENT = message("evt_ab_1", "fact.order.OrderIssued", 0, '{"id":"evt_ab_1","text":"\u00e9"}')


def example(language: str, word: str) -> str:
    blocks = re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    return next(block for block in blocks if word in block)


async def test_receiver_of_the_guide_acts_once_however_often_it_is_told(
    free_port: int, tmp_path: Path
) -> None:
    key, port = new_secret(), free_port
    program = tmp_path / "receiver.py"
    program.write_text(example("python", "standardwebhooks"))
    secret = f"whsec_{b64encode(key).decode()}"
    books = str(tmp_path / "books.sqlite")
    receiver = await asyncio.create_subprocess_exec(
        sys.executable, program, str(port), secret, books
    )
    url = f"http://127.0.0.1:{port}/"
    try:
        async with session(LOOPBACK, 5) as http:
            await _until_up(http, url)
            other = message("evt_ab_2", "retracted.order.OrderIssued", 0, '{"id":"evt_ab_2"}')
            for sent in (SENT, SENT, other, SENT):
                assert (await attempt(http, url, sent, [key])).code == 204
            assert (await attempt(http, url, SENT, [new_secret()])).code == 401
    finally:
        receiver.terminate()
        await asyncio.wait_for(receiver.wait(), 10)
    with sqlite3.connect(books) as found:
        rows = found.execute("SELECT * FROM effect").fetchall()
    assert rows == [(SENT.event, SENT.type), (other.event, other.type)]


def test_shell_of_the_guide_tells_valid_from_invalid(tmp_path: Path) -> None:
    keys = [new_secret(), new_secret()]
    headers = signed(SENT, keys, datetime.now(UTC))
    body = tmp_path / "body"
    body.write_bytes(SENT.payload)

    def says(key: bytes) -> str:
        secret = f"whsec_{b64encode(key).decode()}"
        arguments = [secret, *headers.values(), str(body)]
        ran = subprocess.run(
            ["sh", "-c", example("sh", "openssl"), "sh", *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        return ran.stdout.strip()

    assert [says(key) for key in keys] == ["valid", "valid"]
    assert says(new_secret()) == "invalid"
    body.write_bytes(SENT.payload + b" ")
    assert says(keys[0]) == "invalid"


async def _until_up(http: aiohttp.ClientSession, url: str) -> None:
    for _ in range(200):
        if (await attempt(http, url, SENT, [new_secret()])).code is not None:
            return
        await asyncio.sleep(0.05)
