"""An archive is written whole, from a node that tells the truth, or not at all."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from ledger.archive.export import export
from ledger.archive.proof import head_of
from ledger.archive.verification import verify
from ledger.client import Call, Client
from ledger.errors import Corrupt, RpcRefused, Unreachable
from tests.archives import Story

Bend = Callable[[str, Any], Any]


class BentClient(Client):
    """A connection to a node that gives other answers than it should."""

    def __init__(self, url: str, bend: Bend) -> None:
        super().__init__(url)
        self._bend = bend

    async def batch(self, calls: Sequence[Call]) -> list[Any]:
        """Ask, and bend the answers."""
        answers = await super().batch(calls)
        return [self._bend(call[0], answer) for call, answer in zip(calls, answers, strict=True)]


def _refuse_receipts_of_blocks(method: str, answer: Any) -> Any:
    if method == "eth_getBlockReceipts":
        raise RpcRefused(method, -32601, "the method does not exist")
    return answer


def _forge_log(method: str, answer: Any) -> Any:
    if method == "eth_getBlockReceipts" and answer[0]["logs"]:
        answer[0]["logs"][0]["data"] += "00"
    return answer


def _forge_call(method: str, answer: Any) -> Any:
    if method == "eth_getBlockByHash":
        answer["transactions"][0]["input"] += "00"
    return answer


def _forge_header(method: str, answer: Any) -> Any:
    if method == "eth_getBlockByNumber":
        answer["timestamp"] = "0x1"
    return answer


def _lose_block(method: str, answer: Any) -> Any:
    return None if method == "eth_getBlockByHash" else answer


def _lose_header(method: str, answer: Any) -> Any:
    return None if method == "eth_getBlockByNumber" else answer


def _lose_receipts(method: str, answer: Any) -> Any:
    return None if method == "eth_getBlockReceipts" else answer


def _lose_receipt(method: str, answer: Any) -> Any:
    return [None, *answer[1:]] if method == "eth_getBlockReceipts" else answer


async def test_node_that_gives_no_receipts_by_block_is_asked_one_by_one(
    story: Story, tmp_path: Path
) -> None:
    path = tmp_path / "a.archive"
    async with BentClient(story.url, _refuse_receipts_of_blocks) as client:
        head = await export(client, story.network, path)
    assert verify(path, network=story.network, head_hash=head.hash).tally.events == story.events


@pytest.mark.parametrize(
    ("bend", "problem"),
    [
        (_forge_log, "the node's receipts do not give the root"),
        (_forge_call, "the node's transactions do not give the root"),
        (_forge_header, "is not that of the header the node gives"),
    ],
)
async def test_node_that_contradicts_itself_is_told(
    story: Story, tmp_path: Path, bend: Bend, problem: str
) -> None:
    async with BentClient(story.url, bend) as client:
        with pytest.raises(Corrupt, match=problem):
            await export(client, story.network, tmp_path / "a.archive")
    assert _left_in(tmp_path) == []


@pytest.mark.parametrize("bend", [_lose_block, _lose_header, _lose_receipts, _lose_receipt])
async def test_chain_that_changes_meanwhile_leaves_no_file(
    story: Story, tmp_path: Path, bend: Bend
) -> None:
    async with BentClient(story.url, bend) as client:
        with pytest.raises(Unreachable, match="changed meanwhile"):
            await export(client, story.network, tmp_path / "a.archive")
    assert _left_in(tmp_path) == []


async def test_file_that_was_there_stays_until_the_new_one_is_whole(
    story: Story, tmp_path: Path
) -> None:
    path = tmp_path / "a.archive"
    path.write_bytes(b"before")
    async with BentClient(story.url, _forge_log) as client:
        with pytest.raises(Corrupt):
            await export(client, story.network, path)
    assert path.read_bytes() == b"before"


async def test_more_confirmations_than_blocks_are_refused(story: Story, tmp_path: Path) -> None:
    async with Client(story.url) as client:
        with pytest.raises(Unreachable, match="before the network began"):
            await export(client, story.network, tmp_path / "a.archive", confirmations=10**9)


async def test_confirmations_are_left_out(story: Story, tmp_path: Path) -> None:
    path = tmp_path / "a.archive"
    async with Client(story.url) as client:
        head = await client.block_number()
        await export(client, story.network, path, confirmations=3)
    assert head - 3 <= head_of(path).number <= head - 2


def _left_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())
