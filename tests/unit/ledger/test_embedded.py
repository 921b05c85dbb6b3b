"""The embedded chain keeps what it has shown, however it ends."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils import to_checksum_address

from ledger.embedded import (
    ChainAlreadyRuns,
    ChainBinaryMissing,
    ChainCopyUnreadable,
    ChainPortTaken,
    EmbeddedChain,
    stop_detached,
)

CREATE2_PROXY = "0x4e59b44847b379578588920cA78FbF26c0B4956C"

# Logs its calldata, and stores the first word of it at slot `block.number`.
RECORDER = bytes.fromhex("600b8060095f395ff3" + "365f5f37365fa05f354355")


def call(url: str, method: str, *params: Any) -> Any:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        content = json.load(answer)
    assert "error" not in content, content
    return content["result"]


def send(url: str, sender: LocalAccount, nonce: int, to: str | None, data: bytes) -> str:
    transaction = {
        "chainId": 31337,
        "nonce": nonce,
        "gas": 200_000,
        "maxFeePerGas": 0,
        "maxPriorityFeePerGas": 0,
        "value": 0,
        "data": data,
    } | ({} if to is None else {"to": to})
    raw = sender.sign_transaction(transaction).raw_transaction
    return str(call(url, "eth_sendRawTransaction", "0x" + bytes(raw).hex()))


def receipt(url: str, transaction: str) -> dict[str, Any]:
    for _ in range(500):
        found = call(url, "eth_getTransactionReceipt", transaction)
        if found is not None:
            return dict(found)
        time.sleep(0.01)
    raise AssertionError(f"no receipt for {transaction}")


def history(url: str) -> dict[str, Any]:
    """Everything that a chain says about its past."""
    height = int(call(url, "eth_blockNumber"), 16)
    blocks = [call(url, "eth_getBlockByNumber", hex(n), True) for n in range(height + 1)]
    hashes = [t["hash"] for block in blocks for t in block["transactions"]]
    return {
        "blocks": blocks,
        "receipts": [call(url, "eth_getTransactionReceipt", one) for one in hashes],
        "logs": call(url, "eth_getLogs", {"fromBlock": "0x0", "toBlock": hex(height)}),
    }


def deploy_recorder(url: str, sender: LocalAccount) -> str:
    mined = receipt(url, send(url, sender, 0, None, RECORDER))
    assert mined["status"] == "0x1"
    return str(to_checksum_address(mined["contractAddress"]))


@pytest.fixture
def sender() -> LocalAccount:
    return Account.from_key(b"\x01" * 32)


@pytest.fixture
def supervisor(tmp_path: Path, free_port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The chain of ``tmp_path / chain`` on ``free_port``, in a process that a test may kill."""
    program = (
        "import sys; from pathlib import Path; from ledger.embedded import EmbeddedChain;"
        "EmbeddedChain(Path(sys.argv[1]), port=int(sys.argv[2]), block_time_s=0.02).run()"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "chain"), str(free_port)]
    with subprocess.Popen(command) as process:
        await_port(free_port)
        yield process
        process.kill()


def await_port(port: int) -> None:
    for _ in range(500):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError(f"nobody listens on {port}")


def await_silence(port: int) -> None:
    for _ in range(500):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return
        time.sleep(0.02)
    raise AssertionError(f"somebody still listens on {port}")


def test_account_without_coins_sends_and_deploys(
    own_chain: EmbeddedChain, sender: LocalAccount
) -> None:
    url = own_chain.url
    assert call(url, "eth_getBalance", sender.address, "latest") == "0x0"
    recorder = deploy_recorder(url, sender)
    mined = receipt(url, send(url, sender, 1, recorder, b"\x07" * 32))
    assert mined["logs"][0]["data"] == "0x" + "07" * 32
    assert call(url, "eth_getBalance", sender.address, "latest") == "0x0"


def test_create2_proxy_is_there(own_chain: EmbeddedChain) -> None:
    assert len(call(own_chain.url, "eth_getCode", CREATE2_PROXY, "latest")) > 2


def test_block_time_follows_wall_clock(own_chain: EmbeddedChain, sender: LocalAccount) -> None:
    for nonce in range(40):
        mined = receipt(own_chain.url, send(own_chain.url, sender, nonce, sender.address, b""))
    block = call(own_chain.url, "eth_getBlockByNumber", mined["blockNumber"], False)
    assert abs(int(block["timestamp"], 16) - time.time()) <= 2


def test_idle_chain_mines_ever_more_seldom(own_chain: EmbeddedChain) -> None:
    time.sleep(2)
    assert int(call(own_chain.url, "eth_blockNumber"), 16) <= 40


def test_history_is_the_same_after_each_restart(tmp_path: Path, sender: LocalAccount) -> None:
    chain = EmbeddedChain(tmp_path, port=0, block_time_s=0.02)
    chain.start()
    recorder = deploy_recorder(chain.url, sender)
    for nonce in range(1, 5):
        receipt(chain.url, send(chain.url, sender, nonce, recorder, os.urandom(40)))
        before = history(chain.url)
        chain.stop()
        # Genesis blocks of one second are alike; only a later one could take the old one's place.
        time.sleep(1.1 if nonce < 4 else 0)
        chain.start()
        after = history(chain.url)
        height = len(before["blocks"])
        assert after["blocks"][:height] == before["blocks"]
        assert after["receipts"] == before["receipts"]
        assert after["logs"] == before["logs"]
        assert after["blocks"][1]["parentHash"] == after["blocks"][0]["hash"]
    chain.stop()


@pytest.mark.parametrize("seed", range(30 if os.environ.get("DEEP") == "1" else 4))
def test_killed_chain_resumes_on_a_prefix_of_what_it_showed(
    seed: int, supervisor: subprocess.Popen[bytes], tmp_path: Path, free_port: int
) -> None:
    seeded = random.Random(seed)
    sender = Account.from_key(seeded.randbytes(32))
    url = f"http://127.0.0.1:{free_port}"
    recorder = deploy_recorder(url, sender)
    end_s = time.monotonic() + seeded.uniform(0.2, 0.8)
    nonce = 1
    while time.monotonic() < end_s:
        send(url, sender, nonce, recorder, seeded.randbytes(64))
        nonce += 1
    before = history(url)
    supervisor.kill()
    supervisor.wait()
    await_silence(free_port)
    with EmbeddedChain(tmp_path / "chain", port=free_port, block_time_s=0.02) as chain:
        after = history(chain.url)
        kept = min(len(before["blocks"]), len(after["blocks"]))
        # One idle block may have come between the last look and the kill.
        shared = [b["hash"] for b in before["blocks"][:kept]]
        resumed = [b["hash"] for b in after["blocks"][:kept]]
        first_other = next((i for i in range(kept) if shared[i] != resumed[i]), kept)
        lost = [t for b in before["blocks"][first_other:] for t in b["transactions"]]
        parents = [b["parentHash"] for b in after["blocks"][1:]]
        assert parents == [b["hash"] for b in after["blocks"][:-1]]
        assert after["blocks"][0] == before["blocks"][0]
        sent = int(call(url, "eth_getTransactionCount", sender.address, "latest"), 16)
        assert sent == len(after["receipts"])
        assert sent >= len(before["receipts"]) - len(lost)
        # A relayer that sends its tail again finds the chain as if nothing had happened.
        for again in range(sent, nonce + 1):
            mined = receipt(url, send(url, sender, again, recorder, b"\x01" * 32))
            assert mined["status"] == "0x1"


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP])
def test_anvil_that_dies_or_is_stopped_alone_is_started_again(
    supervisor: subprocess.Popen[bytes], free_port: int, sender: LocalAccount, blow: signal.Signals
) -> None:
    url = f"http://127.0.0.1:{free_port}"
    recorder = deploy_recorder(url, sender)
    time.sleep(0.3)
    node = listener(supervisor.pid)
    os.kill(node, blow)
    time.sleep(0.5)
    await_port(free_port)
    assert receipt(url, send(url, sender, 1, recorder, b"\x02" * 32))["status"] == "0x1"
    assert listener(supervisor.pid) != node
    assert not Path(f"/proc/{node}").exists(), "nobody would hold it, and it would hold the port"


def listener(supervisor_id: int) -> int:
    """Process id of the anvil below a supervisor."""
    children = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            children[int(fields[1])] = int(entry.name)
    return children[children[supervisor_id]]


def test_taken_port_is_named(tmp_path: Path, free_port: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", free_port))
        other.listen()
        with pytest.raises(ChainPortTaken, match=str(free_port)):
            EmbeddedChain(tmp_path, port=free_port, block_time_s=1).start()


def test_folder_has_one_supervisor(own_chain: EmbeddedChain) -> None:
    with pytest.raises(ChainAlreadyRuns, match=str(os.getpid())):
        EmbeddedChain(own_chain.folder, port=0, block_time_s=1).start()


def test_detached_chain_is_stopped_by_folder(
    supervisor: subprocess.Popen[bytes], tmp_path: Path, free_port: int
) -> None:
    assert stop_detached(tmp_path / "chain")
    assert supervisor.wait(10) == 0
    await_silence(free_port)
    assert not stop_detached(tmp_path / "chain")


def test_damaged_last_copy_gives_way_to_the_one_before(
    tmp_path: Path, sender: LocalAccount
) -> None:
    with EmbeddedChain(tmp_path, port=0, block_time_s=0.02) as chain:
        deploy_recorder(chain.url, sender)
        genesis = call(chain.url, "eth_getBlockByNumber", "0x0", False)
    last = tmp_path / "chain.json.gz"
    last.write_bytes(last.read_bytes()[:-100])
    with EmbeddedChain(tmp_path, port=0, block_time_s=0.02) as chain:
        assert call(chain.url, "eth_getBlockByNumber", "0x0", False) == genesis


def test_unreadable_copies_are_never_replaced_by_a_new_chain(tmp_path: Path) -> None:
    with EmbeddedChain(tmp_path, port=0, block_time_s=0.02):
        time.sleep(0.1)
    for copy in tmp_path.glob("chain*.gz"):
        copy.write_bytes(b"not a chain")
    with pytest.raises(ChainCopyUnreadable, match=r"chain\.json\.gz"):
        EmbeddedChain(tmp_path, port=0, block_time_s=0.02).start()


def test_missing_anvil_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSIGN_ANVIL", str(tmp_path / "anvil"))
    with pytest.raises(ChainBinaryMissing, match="make setup"):
        EmbeddedChain(tmp_path, port=0, block_time_s=1).start()
