"""A gateway whose parts work in several processes."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger.embedded import EmbeddedChain
from ledger.key import SigningKey
from tests.e2e.gateway.story import agree, issue, opened
from tests.e2e.gateway.world import BRAND, PASSWORD, SUPPLIER, World, found

PATIENCE_S = 30
START_S = 60


@contextmanager
def working(home: Path, *parts: str) -> Iterator[None]:
    """Run some parts of a gateway in a process of their own."""
    command = [sys.executable, "-m", "gateway.cli", "serve", "--home", str(home)]
    named = ", ".join(f'"{part}"' for part in parts)
    environment = os.environ | {"CONSIGN_GATEWAY__PARTS": f"[{named}]"}
    with subprocess.Popen(command, env=environment) as process:
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE_S) == 0


def test_orders_travel_through_a_gateway_in_four_processes(
    shared_chain: EmbeddedChain, tmp_path: Path
) -> None:
    world = asyncio.run(found(shared_chain, tmp_path))
    home = world.gateways["brand"].home
    SigningKey.create().save(home / "keys" / "second.json", PASSWORD, is_light=True)
    settings = home / "consign.toml"
    text = settings.read_text().replace("[gateway]", '[gateway]\nparts = ["http"]', 1)
    keystores = 'keystores = ["keys/relayer.json", "keys/second.json"]'
    settings.write_text(f"{text}[relayer]\n{keystores}\n")
    for gateway in world.gateways.values():
        gateway.start()
    try:
        # Either of the first two may hold each of the keys.
        with (
            working(home, "relayer"),
            working(home, "relayer", "courier"),
            working(home, "indexer"),
        ):
            asyncio.run(_trade(world))
    finally:
        for gateway in world.gateways.values():
            gateway.stop()


async def _trade(world: World) -> None:
    async with asyncio.timeout(START_S), world.desk(BRAND) as brand:
        while True:
            answer = await brand.get(f"/v1/organisations/{world.numbers[SUPPLIER]}")
            if answer.status == 200:
                break
            await asyncio.sleep(0.1)
    for _ in range(2):
        agreement = await agree(world)
        async with world.desk(BRAND) as brand, world.desk(SUPPLIER) as supplier:
            order = await issue(brand, agreement, "100")
            await opened(supplier, order)
            await supplier.record(f"/v1/orders/{order}/confirm")
            path = f"/v1/orders/{order}"
            await brand.until(path, lambda found: found["ledger_state"] == "Confirmed")
