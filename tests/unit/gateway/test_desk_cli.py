"""A member's desk on the command line, in front of a gateway that is played by a small server."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from typer.testing import CliRunner, Result

from gateway.cli import app
from gateway.network.home import Home

KEY = "csg_key"


@dataclass
class Gateway:
    """Answers as a gateway would, and remembers what it was asked."""

    url: str = ""
    posted: list[tuple[str, object]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one request."""
        if request.headers["Authorization"] != f"Bearer {KEY}":
            return web.json_response({"error": "ApiKeyUnknown", "detail": "No."}, status=401)
        if request.method == "POST":
            self.posted.append((request.path, await request.json()))
            return web.json_response({"intent": "1", "agreement": "A1-1"}, status=202)
        if request.path == "/v1/orders":
            is_first = "cursor" not in request.query
            item = {"id": "A1-1-O2" if is_first else "A1-1-O1", "state": "Issued"}
            return web.json_response({"items": [item], "next": "on" if is_first else None})
        entry = {"time": 0, "event": "OrderIssued", "organisation_name": "Aurora"}
        return web.json_response({"items": [entry], "next": None})


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """A gateway in a thread of its own."""
    played, loop, ready = Gateway(), asyncio.new_event_loop(), threading.Event()

    async def serve() -> None:
        application = web.Application()
        application.router.add_route("*", "/{tail:.*}", played.answer)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        played.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        ready.set()

    loop.create_task(serve())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    ready.wait(10)
    yield played
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def terms(tmp_path: Path) -> Path:
    """Terms to propose."""
    path = tmp_path / "terms.json"
    path.write_text('{"document_type": "AgreementTerms"}')
    return path


def _run(*arguments: object) -> Result:
    words = [str(each) for each in arguments]
    return CliRunner().invoke(app, words, env={"COLUMNS": "200", "NO_COLOR": "1"})


def test_orders_are_listed_to_the_last_page(gateway: Gateway) -> None:
    done = _run("order", "--url", gateway.url, "--api-key", KEY, "list")
    assert done.exit_code == 0, done.output
    assert done.output.index("A1-1-O2") < done.output.index("A1-1-O1")


def test_timeline_tells_when_and_who(gateway: Gateway) -> None:
    done = _run("order", "--url", gateway.url, "--api-key", KEY, "timeline", "A1-1-O1")
    assert "1970-01-01 00:00:00" in done.output and "Aurora" in done.output


def test_member_of_the_local_network_is_the_buyer_by_default(
    gateway: Gateway, terms: Path, tmp_path: Path
) -> None:
    entry = {"alias": "brand", "name": "A", "organisation": 7, "gateway": gateway.url}
    Home(tmp_path).remember_sign_in([entry | {"api_key": KEY}])
    login = ("agreement", "--network", tmp_path, "--as", "brand")
    done = _run(*login, "propose", "--seller", 2, "--terms", terms)
    assert done.exit_code == 0, done.output
    ((path, body),) = gateway.posted
    assert path == "/v1/agreements"
    assert body == {
        "seats": {"buyer": 7, "seller": 2},
        "notice_days": 30,
        "terms": json.loads(terms.read_text()),
    }


def test_buyer_must_be_named_where_only_an_api_key_is_known(gateway: Gateway, terms: Path) -> None:
    login = ("agreement", "--url", gateway.url, "--api-key", KEY)
    refused = _run(*login, "propose", "--seller", 2, "--terms", terms)
    assert refused.exit_code == 2
    assert "--buyer" in refused.output
    assert gateway.posted == []
    done = _run(*login, "propose", "--buyer", 1, "--seller", 2, "--terms", terms)
    assert done.exit_code == 0, done.output
    assert [path for path, _ in gateway.posted] == ["/v1/agreements"]


def test_who_speaks_must_be_said(gateway: Gateway, tmp_path: Path) -> None:
    nobody = _run("order", "--network", tmp_path, "list")
    assert nobody.exit_code == 2 and "Say who you are" in nobody.output
    half = _run("order", "--url", gateway.url, "list")
    assert half.exit_code == 2 and "go together" in half.output


def test_refusal_is_printed_and_ends_the_command(gateway: Gateway) -> None:
    done = _run("order", "--url", gateway.url, "--api-key", "other", "list")
    assert done.exit_code == 1
    assert "401 ApiKeyUnknown: No." in done.output


def test_gateway_that_does_not_answer_is_named(free_port: int) -> None:
    url = f"http://127.0.0.1:{free_port}"
    done = _run("order", "--url", url, "--api-key", KEY, "list")
    assert done.exit_code == 1
    assert f"No gateway answers at {url}" in done.output
