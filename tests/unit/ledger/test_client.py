import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from ledger.client import BATCH_MAX, Client
from ledger.embedded import EmbeddedChain
from ledger.errors import (
    Corrupt,
    OwnableUnauthorizedAccount,
    RpcRefused,
    Unreachable,
)
from ledger.key import SigningKey

Answer = Callable[[Any], Any]
Serve = Callable[[Answer], Awaitable[str]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start a node that answers as a test wants; gives its address."""
    runners: list[web.AppRunner] = []

    async def start(answer: Answer) -> str:
        async def handle(request: web.Request) -> web.Response:
            told = answer(json.loads(await request.text()))
            return told if isinstance(told, web.Response) else web.json_response(told)

        app = web.Application()
        app.router.add_post("/", handle)
        runner = web.AppRunner(app)
        runners.append(runner)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}/"

    yield start
    for runner in runners:
        await runner.cleanup()


def echo(body: Any) -> Any:
    """Answer each call with its first parameter."""
    if isinstance(body, list):
        return [echo(one) for one in reversed(body)]
    return {"jsonrpc": "2.0", "id": body["id"], "result": body["params"][0]}


async def test_batches_come_back_in_the_order_asked_and_in_several_requests(serve: Serve) -> None:
    sizes: list[int] = []

    def count(body: Any) -> Any:
        sizes.append(len(body))
        return echo(body)

    async with Client(await serve(count)) as client:
        answers = await client.batch([("echo", (n,)) for n in range(2 * BATCH_MAX + 3)])
    assert answers == list(range(2 * BATCH_MAX + 3))
    assert sizes == [BATCH_MAX, BATCH_MAX, 3]


async def test_empty_batch_asks_nothing(serve: Serve) -> None:
    async with Client(await serve(lambda body: pytest.fail("asked"))) as client:
        assert await client.batch([]) == []


def refuse_odd(body: Any) -> Any:
    answers = echo(body)
    for answer in answers:
        if answer["result"] % 2:
            answer["error"] = {"code": -32000, "message": "odd"}
    return answers


async def test_refusals_of_a_batch_stand_in_their_places(serve: Serve) -> None:
    async with Client(await serve(refuse_odd)) as client:
        answers = await client.batch_settled([("echo", (n,)) for n in range(4)])
        assert [type(one) for one in answers] == [int, RpcRefused, int, RpcRefused]
        with pytest.raises(RpcRefused, match=r"refused echo: odd \(code -32000\)"):
            await client.batch([("echo", (n,)) for n in range(4)])


async def test_error_for_a_whole_batch_is_every_calls(serve: Serve) -> None:
    def too_large(body: Any) -> Any:
        return {"jsonrpc": "2.0", "id": None, "error": {"code": -32005, "message": "too large"}}

    async with Client(await serve(too_large)) as client:
        answers = await client.batch_settled([("echo", (1,)), ("echo", (2,))])
    assert [one.message for one in answers] == ["too large", "too large"]


async def test_batch_with_an_answer_missing_is_corrupt(serve: Serve) -> None:
    async with Client(await serve(lambda body: echo(body)[:1])) as client:
        with pytest.raises(Corrupt, match="only 1 of 2"):
            await client.batch([("echo", (1,)), ("echo", (2,))])


async def test_answer_that_is_no_json_is_unreachable(serve: Serve) -> None:
    bad_gateway = web.Response(status=502, text="<html>bad gateway</html>")
    async with Client(await serve(lambda body: bad_gateway)) as client:
        with pytest.raises(Unreachable, match="HTTP 502"):
            await client.chain_id()


async def test_nobody_listening_is_unreachable(free_port: int) -> None:
    async with Client(f"http://127.0.0.1:{free_port}") as client:
        with pytest.raises(Unreachable) as caught:
            await client.block_number()
    assert caught.value.status == 503


async def test_silence_is_unreachable_after_the_time_limit(serve: Serve) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with Client(f"http://127.0.0.1:{port}", timeout_s=0.05) as client:
        with pytest.raises(Unreachable):
            await client.block_number()
    server.close()


async def test_nothing_is_tried_twice(serve: Serve) -> None:
    asked: list[Any] = []

    def fail(body: Any) -> web.Response:
        asked.append(body)
        return web.Response(status=500, text="oops")

    async with Client(await serve(fail)) as client:
        with pytest.raises(Unreachable):
            await client.send_raw(b"\2")
    assert len(asked) == 1


async def test_client_opens_again_after_closing(serve: Serve) -> None:
    client = Client(await serve(echo))
    assert await client.call("echo", 1) == 1
    await client.close()
    assert await client.call("echo", 2) == 2
    await client.close()


async def test_chain_answers_in_pythons_types(shared_chain: EmbeddedChain) -> None:
    async with Client(shared_chain.url) as client:
        assert await client.chain_id() == 31337
        first = await client.block(0)
        assert first is not None
        assert (first.number, first.base_fee) == (0, 0)
        assert await client.block(first.hash) == first
        assert await client.block(10**9) is None
        assert await client.block(b"\1" * 32) is None
        assert await client.blocks([0, 10**9]) == [first, None]
        assert await client.receipts([b"\1" * 32]) == [None]
        stranger = SigningKey.create().address
        assert await client.nonce(stranger) == await client.balance(stranger) == 0
        assert await client.code(stranger) == b""
        price = await client.gas_price(stranger)
        assert (price.max_fee, price.tip) == (0, 0)


async def test_transaction_that_is_not_mined_in_time_is_unreachable(
    shared_chain: EmbeddedChain,
) -> None:
    async with Client(shared_chain.url) as client:
        with pytest.raises(Unreachable, match="in no block after"):
            await client.mined(b"\1" * 32, timeout_s=0.01)


async def test_node_that_refuses_a_transaction_says_why(shared_chain: EmbeddedChain) -> None:
    async with Client(shared_chain.url) as client:
        with pytest.raises(RpcRefused) as caught:
            await client.send_raw(b"\2")
    assert caught.value.reason is None


async def test_call_that_reverts_raises_the_contracts_own_error(serve: Serve) -> None:
    data = OwnableUnauthorizedAccount("0x" + "11" * 20).encoded()

    def revert(body: Any) -> Any:
        error = {"code": 3, "message": "execution reverted", "data": "0x" + data.hex()}
        return {"jsonrpc": "2.0", "id": body["id"], "error": error}

    async with Client(await serve(revert)) as client:
        with pytest.raises(OwnableUnauthorizedAccount):
            await client.eth_call("0x" + "22" * 20, b"\1\2\3\4")
        with pytest.raises(OwnableUnauthorizedAccount):
            await client.estimate_gas("0x" + "11" * 20, "0x" + "22" * 20, b"")
