"""A gateway does not start where the chain or the contracts are not those of its deployment."""

import asyncio
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from ledger.client import Client
from ledger.embedded import EmbeddedChain
from tests.e2e.gateway.world import PATIENCE_S, World, found

ENVIRONMENT = {"COLUMNS": "300", "NO_COLOR": "1", "TERM": "dumb"}


@pytest.fixture
async def resting_world(own_chain: EmbeddedChain, tmp_path: Path) -> World:
    """A network whose gateways do not run yet."""
    return await found(own_chain, tmp_path)


def spoil(world: World, folder: Path, how: str) -> None:
    """Make the chain or the file another network's."""
    if how == "chain":
        elsewhere = world.deployment.model_copy(update={"chain_id": 4711})
        elsewhere.save(folder / "deployment.json")
    elif how == "file":
        (folder / "deployment.json").write_text('{"chain_id": 31337}')
    else:
        asyncio.run(_spoil_code(world))


async def _spoil_code(world: World) -> None:
    async with Client(world.chain.url) as client:
        await client.call("anvil_setCode", world.deployment.pool_auction, "0x00")


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ("chain", "DeploymentChainDiffers"),
        ("code", "DeploymentCodeDiffers"),
        ("file", "DeploymentFileInvalid"),
    ],
)
def test_gateway_refuses_to_start_by_name(
    resting_world: World, tmp_path: Path, how: str, error: str
) -> None:
    spoil(resting_world, tmp_path, how)
    (gateway, *_) = resting_world.gateways.values()
    done = CliRunner().invoke(app, ["serve", "--home", str(gateway.home)], env=ENVIRONMENT)
    assert done.exit_code == 2
    assert error in done.output


@pytest.mark.parametrize(
    ("how", "error"), [("chain", "DeploymentChainDiffers"), ("code", "DeploymentCodeDiffers")]
)
async def test_gateway_that_was_there_before_the_chain_says_why_it_never_works(
    resting_world: World, tmp_path: Path, how: str, error: str
) -> None:
    chain = resting_world.chain
    await asyncio.to_thread(spoil, resting_world, tmp_path, how)
    await asyncio.to_thread(chain.stop)
    (gateway, *_) = resting_world.gateways.values()
    await asyncio.to_thread(gateway.start)
    try:
        async with resting_world.desk(resting_world.homes[gateway.home.name][0]) as desk:
            assert "waiting" in (await desk.get("/readyz")).body["checks"]["workers"]["detail"]
            await asyncio.to_thread(chain.start)
            deadline_s = time.monotonic() + PATIENCE_S
            while True:
                answer = await desk.get("/readyz")
                detail = answer.body["checks"]["workers"]["detail"]
                if error in detail:
                    break
                assert time.monotonic() < deadline_s, detail
                await asyncio.sleep(0.05)
            assert answer.status == 503
    finally:
        await asyncio.to_thread(gateway.stop)
