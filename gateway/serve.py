"""Runs one gateway, or some of its parts, from its home folder."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging.config
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway.settings import Settings
from ledger.client import Client
from ledger.deployment import Deployment, require_deployment
from ledger.errors import Unreachable

if TYPE_CHECKING:
    from uvicorn import Server

SWITCH_S: Final = 0.0005
GRACE_S: Final = 2
"""How long open event streams may delay the end."""


def run(home: Path) -> None:
    """Serve the gateway of a home folder until it is told to stop.

    Raises
    ------
    SettingsInvalid
        If the home's settings cannot be used.
    KeystoreUnreadable
        If a key cannot be opened.
    DeploymentChainDiffers, DeploymentCodeDiffers, DeploymentFileInvalid
        If the node is on another chain, or other code is where the contracts were said to be.
    RelayerKeyAbsent
        If transactions of a relayer's key that is not in the settings any more are undecided.
    """
    settings = Settings.load(home)
    asyncio.run(_refuse_strangers(settings))
    if "http" in settings.gateway.parts:
        server_of(settings).run()
    else:
        asyncio.run(_work(settings))


async def _work(settings: Settings) -> None:
    """Run the parts that answer nobody, until a signal ends them."""
    from gateway.app import create_app
    from gateway.log import CONFIGURATION

    logging.config.dictConfig(CONFIGURATION)
    told_to_stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told_to_stop.set)
    app = create_app(settings)
    _settle()
    async with app.router.lifespan_context(app):
        await told_to_stop.wait()


async def _refuse_strangers(settings: Settings) -> None:
    deployment = Deployment.load(settings.path(settings.chain.deployment))
    async with Client(settings.chain.url) as client:
        # A chain may come up after its gateways; the keeper waits for it and looks again.
        with contextlib.suppress(Unreachable):
            await require_deployment(client, deployment)


def server_of(settings: Settings) -> Server:
    """Make the server of a gateway."""
    import uvicorn

    from gateway.app import create_app
    from gateway.log import CONFIGURATION

    app = create_app(settings)
    _settle()
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.gateway.host,
            port=settings.gateway.port,
            loop="uvloop",
            http="auto",
            log_config=CONFIGURATION,
            server_header=False,
            date_header=True,
            timeout_graceful_shutdown=GRACE_S,
            # Subscribers are told things and say none.
            ws_max_size=4096,
        )
    )


def _settle() -> None:
    """Suit the interpreter to threads that work by thousands of rows beside callers that wait."""
    # Who answers callers need not wait five milliseconds each time a thread is at work.
    sys.setswitchinterval(SWITCH_S)
    # Collect garbage less often: what is loaded by now never dies.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
