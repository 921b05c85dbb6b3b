"""`consign deploy` against chains as strangers run them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.deployment import Deployment
from ledger.deployment_plan import PROXY, Plan
from ledger.deployment_proxy import PROXY_COST, PROXY_SIGNER
from ledger.key import SigningKey
from tests.deployer import COUNCIL, Deployer, call, code_at
from tests.foreign_chain import COINS, ask, endow, foreign_chain

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("OrgRegistry", "OrderLedger", "PoolAuction")


@pytest.fixture
def deployer(tmp_path: Path) -> Deployer:
    return Deployer(tmp_path)


@pytest.fixture(scope="module")
def paid_chain() -> Iterator[str]:
    """A chain with the proxy, on which gas costs something."""
    with foreign_chain() as url:
        yield url


def test_chain_without_proxy_is_given_one_and_all_contracts(deployer: Deployer) -> None:
    with foreign_chain("--no-create2") as url:
        endow(url, deployer.key.address)
        assert code_at(url, PROXY) == "0x"
        done = deployer.deploy(url)
        checked = call("deploy", "--check", str(deployer.out), "--rpc", url)

        assert done.exit_code == 0, done.output
        assert "lacks the deployment proxy, OrgRegistry, OrderLedger, PoolAuction." in done.output
        assert code_at(url, PROXY) != "0x"
        assert checked.exit_code == 0, checked.output
        assert f"Council: {COUNCIL}" in checked.output and "All is ours." in checked.output


def test_second_run_by_anybody_changes_nothing(deployer: Deployer, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Deployer(tmp_path / "other")
    with foreign_chain() as url:
        endow(url, deployer.key.address)
        first = deployer.deploy(url)
        head = ask(url, "eth_blockNumber")
        again, elsewhere = deployer.deploy(url), other.deploy(url)

        assert [first.exit_code, again.exit_code, elsewhere.exit_code] == [0, 0, 0]
        assert "has everything; nothing is to be sent" in again.output
        assert ask(url, "eth_blockNumber") == head
        assert other.out.read_text() == deployer.out.read_text()


def test_addresses_are_the_same_on_another_chain(deployer: Deployer, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Deployer(tmp_path / "other")
    for who, chain_id in ((deployer, "4711"), (other, "4712")):
        with foreign_chain("--chain-id", chain_id) as url:
            endow(url, who.key.address)
            assert who.deploy(url).exit_code == 0
    one, two = Deployment.load(deployer.out), Deployment.load(other.out)
    assert one.watched == two.watched
    assert (one.chain_id, two.chain_id) == (4711, 4712)


@pytest.mark.parametrize("mined_first", [True, False], ids=["mined", "pending"])
def test_run_that_was_killed_between_contracts_goes_on(
    deployer: Deployer, mined_first: bool
) -> None:
    plan = Plan.of(COUNCIL)
    with foreign_chain("--no-mining") as url:
        endow(url, deployer.key.address)
        _killed_with_one_pending(deployer, url)
        if mined_first:
            ask(url, "evm_mine")
            assert code_at(url, plan["OrgRegistry"].address) != "0x"
        assert code_at(url, plan["OrderLedger"].address) == "0x"
        assert not deployer.out.exists()
        ask(url, "evm_setIntervalMining", 1)
        done = deployer.deploy(url)

        assert done.exit_code == 0, done.output
        assert "lacks OrderLedger, PoolAuction." in done.output
        assert deployer.nonce(url) == len(NAMES)
        assert call("deploy", "--check", str(deployer.out), "--rpc", url).exit_code == 0


def test_run_that_was_killed_over_the_proxy_goes_on(deployer: Deployer) -> None:
    with foreign_chain("--no-create2", "--no-mining") as url:
        endow(url, deployer.key.address)
        endow(url, PROXY_SIGNER, PROXY_COST)
        _killed_with_one_pending(deployer, url)
        assert deployer.nonce(url) == 0
        ask(url, "evm_setIntervalMining", 1)
        done = deployer.deploy(url)

        assert done.exit_code == 0, done.output
        assert int(ask(url, "eth_getBalance", PROXY_SIGNER, "latest"), 16) < PROXY_COST
        assert deployer.nonce(url) == len(NAMES)


def _killed_with_one_pending(deployer: Deployer, url: str) -> None:
    """Run the command in a process of its own, and kill it once its first transaction waits."""
    program = [sys.executable, "-m", "gateway.cli", *deployer.words(url)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(program, env=environment, stdout=subprocess.DEVNULL)
    deadline_s = time.monotonic() + 60
    while int(ask(url, "txpool_status")["pending"], 16) == 0:
        assert process.poll() is None and time.monotonic() < deadline_s
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize("name", ["proxy", *NAMES])
def test_other_code_in_the_place_is_refused_before_anything_is_sent(
    deployer: Deployer, name: str
) -> None:
    address = PROXY if name == "proxy" else Plan.of(COUNCIL)[name].address
    with foreign_chain() as url:
        endow(url, deployer.key.address)
        ask(url, "anvil_setCode", address, "0x600160005260206000f3")
        done = deployer.deploy(url)

        assert done.exit_code == 1
        assert "DeploymentCodeDiffers" in done.output and address in done.output
        assert deployer.nonce(url) == 0
        assert not deployer.out.exists()


def test_account_that_cannot_pay_is_refused_before_anything_is_sent(
    deployer: Deployer, paid_chain: str
) -> None:
    endow(paid_chain, deployer.key.address, 1000)
    done = deployer.deploy(paid_chain)
    assert done.exit_code == 1
    assert "DeploymentUnaffordable" in done.output and "has 1000 wei" in done.output
    assert "gas at" in done.output
    assert deployer.nonce(paid_chain) == 0


def test_cost_that_was_announced_is_enough(deployer: Deployer) -> None:
    with foreign_chain() as url:
        endow(url, deployer.key.address)
        deployer.deploy(url)
        spent = COINS - int(ask(url, "eth_getBalance", deployer.key.address, "latest"), 16)
    with foreign_chain() as url:
        endow(url, deployer.key.address, spent // 2)
        poor = deployer.deploy(url)
        needed = int(poor.output.split("may cost ")[1].split(" wei")[0])
        assert poor.exit_code == 1 and spent <= needed
        endow(url, deployer.key.address, needed)
        assert deployer.deploy(url).exit_code == 0


def test_confirmations_are_waited_for(deployer: Deployer) -> None:
    with foreign_chain("--block-time", "1") as url:
        endow(url, deployer.key.address)
        done = deployer.deploy(url, "--confirmations", "4")
        head = int(ask(url, "eth_blockNumber"), 16)
        assert done.exit_code == 0, done.output
        address = Deployment.load(deployer.out).pool_auction
        assert ask(url, "eth_getCode", address, hex(head - 3)) != "0x"


def test_dry_run_says_everything_and_sends_nothing(deployer: Deployer) -> None:
    with foreign_chain("--no-create2") as url:
        endow(url, deployer.key.address)
        head = ask(url, "eth_blockNumber")
        plain = call("deploy", "--dry-run", "--council", COUNCIL, "--bond-token")
        known = call("deploy", "--dry-run", "--council", COUNCIL, "--rpc", url)
        asked = deployer.deploy(url, "--dry-run")

        assert [plain.exit_code, known.exit_code, asked.exit_code] == [0, 0, 0], asked.output
        assert "The chain lacks OrgRegistry, OrderLedger, PoolAuction." in known.output
        assert "gas at" in asked.output
        for planned in Plan.of(COUNCIL, COUNCIL).contracts:
            assert planned.address in plain.output
            assert f"code {len(planned.compiled.deployed_bytecode)} of 24576" in plain.output
        assert "Nothing was sent." in asked.output
        assert ask(url, "eth_blockNumber") == head
        assert not deployer.out.exists()


def test_check_finds_a_wrong_deployment(deployer: Deployer) -> None:
    with foreign_chain() as url:
        endow(url, deployer.key.address)
        assert deployer.deploy(url).exit_code == 0
        ledger = Deployment.load(deployer.out).order_ledger
        ask(url, "anvil_setCode", ledger, "0x00")
        wrong = call("deploy", "--check", str(deployer.out), "--rpc", url)
    with foreign_chain("--chain-id", "4711") as url:
        elsewhere = call("deploy", "--check", str(deployer.out), "--rpc", url)
    nowhere = call("deploy", "--check", str(deployer.out), "--rpc", url)

    assert wrong.exit_code == 1
    assert "✗ OrderLedger is on the chain, byte by byte ours" in wrong.output
    assert "✗ OrderLedger points to the registry" in wrong.output
    assert "✓ PoolAuction is on the chain, byte by byte ours" in wrong.output
    assert elsewhere.exit_code == 1 and "4711 instead of 31337" in elsewhere.output
    assert nowhere.exit_code == 2 and "Unreachable" in nowhere.output


def test_file_of_another_deployment_is_not_overwritten(deployer: Deployer, paid_chain: str) -> None:
    endow(paid_chain, deployer.key.address)
    assert deployer.deploy(paid_chain).exit_code == 0
    before = deployer.out.read_text()
    words = deployer.words(paid_chain)
    words[words.index(COUNCIL)] = SigningKey.create().address
    other = call(*words)
    assert other.exit_code == 2 and "tells of another deployment" in other.output
    assert deployer.out.read_text() == before

    deployer.out.write_text("{}")
    assert deployer.deploy(paid_chain).exit_code == 2


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--rpc", "http://127.0.0.1:1"), "Add --council"),
        (("--council", COUNCIL), "Add --keystore"),
        (("--check", "none.json"), "Add --rpc"),
        (("--dry-run", "--council", "0x12"), "no account that can be the council"),
        (("--dry-run", "--council", "0x" + "00" * 20), "no account that can be the council"),
        (("--dry-run", "--council", COUNCIL[:-1] + "?"), "no account that can be the council"),
        (
            ("--dry-run", "--council", "0x52908400098527886E0F7030069857D2E4169Ee7"),
            "no account that can be the council",
        ),
    ],
)
def test_command_that_cannot_begin_says_what_it_needs(words: tuple[str, ...], problem: str) -> None:
    done = call("deploy", *words)
    assert done.exit_code == 2
    assert problem in done.output


def test_wrong_password_is_refused_before_the_chain_is_asked(
    deployer: Deployer, tmp_path: Path
) -> None:
    (tmp_path / "password").write_text("wrong")
    done = deployer.deploy("http://127.0.0.1:1")
    assert done.exit_code == 2 and "KeystoreUnreadable" in done.output


def test_contracts_that_were_not_compiled_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSIGN_CONTRACTS", "/nowhere/contracts.json")
    done = call("deploy", "--dry-run", "--council", COUNCIL)
    assert done.exit_code == 2 and "run `make setup`" in done.output
