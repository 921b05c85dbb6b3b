"""The composition root: the only place where the parts of a gateway are put together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.middleware import Middleware

from gateway import problems
from gateway.access import Callers
from gateway.actions import routes as action_routes
from gateway.agreements import routes as agreement_routes
from gateway.answering import routes as answering_routes
from gateway.answering.answerer import Answerer
from gateway.attachments import routes as attachment_routes
from gateway.auctions import routes as auction_routes
from gateway.auctions.revealer import Revealer
from gateway.connectors.schemas import check as published
from gateway.conversion import routes as conversion_routes
from gateway.database import migrate
from gateway.deliveries import routes as delivery_routes
from gateway.demands import routes as demand_routes
from gateway.deps import Gateway
from gateway.docs import DESCRIPTION, describe
from gateway.documents import proving, schema_routes
from gateway.documents import routes as document_routes
from gateway.documents.examination import OrderExaminer
from gateway.events import routes as event_routes
from gateway.events.hub import Hub
from gateway.events.page import Pages, feed_name
from gateway.guard import Guard
from gateway.health import errors_page
from gateway.health import routes as health_routes
from gateway.inbox import routes as inbox_routes
from gateway.inbox import shop_routes
from gateway.intents import routes as intent_routes
from gateway.keeper import Keeper
from gateway.keyring import open_hosts, open_relayers
from gateway.lots import routes as lot_routes
from gateway.orders import routes as order_routes
from gateway.organisations import routes as organisation_routes
from gateway.outbox import routes as outbox_routes
from gateway.plans import routes as plan_routes
from gateway.policy import routes as finding_routes
from gateway.policy.disputer import Disputer
from gateway.profiles import routes as profile_routes
from gateway.pulse import Pulse
from gateway.settings import Settings, SettingsInvalid
from gateway.transport import routes as channel_routes
from gateway.transport.assembly import channels_of, porter_of
from gateway.transport.declaration import ChannelsInvalid, Declaration
from gateway.transport.porter import Porter
from gateway.webhooks import routes as webhook_routes
from gateway.webhooks.sender import Sender
from gateway.webhooks.sender import settings_of as webhook_settings
from ledger.backlog import Limits
from ledger.courier import Settings as CourierSettings
from ledger.deployment import Deployment
from ledger.errors import DeploymentFileInvalid
from ledger.intent import domain_separator
from ledger.relayer import Settings as RelayerSettings
from ledger.runtime import LedgerRuntime
from ledger.runtime import Settings as LedgerSettings
from ledger.vault import FileVault
from ledger.vault.service import BlockService

ROUTERS: Final[tuple[APIRouter, ...]] = (
    health_routes.router,
    errors_page.router,
    organisation_routes.router,
    agreement_routes.router,
    action_routes.router,
    # Before the orders, whose `/{id}/{action}` is less exact.
    delivery_routes.router,
    order_routes.router,
    demand_routes.router,
    plan_routes.router,
    auction_routes.router,
    lot_routes.router,
    document_routes.router,
    finding_routes.router,
    attachment_routes.router,
    proving.router,
    schema_routes.router,
    intent_routes.router,
    event_routes.router,
    webhook_routes.router,
    inbox_routes.router,
    shop_routes.router,
    answering_routes.router,
    conversion_routes.router,
    profile_routes.router,
    outbox_routes.router,
    channel_routes.router,
)
"""One router per noun."""


def create_app(settings: Settings) -> FastAPI:
    """Put a gateway together; its parts begin to work when it is served.

    Raises
    ------
    SettingsInvalid
        If the deployment cannot be read.
    KeystoreUnreadable
        If a key cannot be opened.
    """
    gateway = _assemble(settings)
    pages = Pages(gateway.queries, feed_name(gateway.engine))
    channels = _channels(settings)
    speakers = _speakers(gateway, pages, channels)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        gateway.keeper.start()
        for speaker in speakers:
            speaker.start()
        yield
        for speaker in reversed(speakers):
            await speaker.stop()
        await gateway.keeper.stop()

    app = FastAPI(
        title="Consign gateway",
        version=_version(),
        description=DESCRIPTION,
        lifespan=lifespan,
        generate_unique_id_function=_operation_id,
        middleware=[
            Middleware(
                Guard,
                body_bytes_max=settings.gateway.body_bytes_max,
                lines_bytes_max=settings.gateway.lines_bytes_max,
                attachment_bytes_max=settings.gateway.attachment_bytes_max,
                message_bytes_max=settings.messages.bytes_max,
            )
        ],
    )
    app.state.gateway = gateway
    app.state.channels = channels
    app.state.hub = Hub(pages, gateway.ledger.news)
    for router in ROUTERS:
        app.include_router(router)
    problems.install(app)
    describe(app)
    return app


def _channels(settings: Settings) -> Mapping[str, Declaration]:
    try:
        return channels_of(settings)
    except ChannelsInvalid as error:
        raise SettingsInvalid(settings.home, error.findings) from None


def _speakers(
    gateway: Gateway, pages: Pages, channels: Mapping[str, Declaration]
) -> tuple[Revealer | Disputer | Answerer | Sender | Porter, ...]:
    """Make what speaks for the organisations: once, in the process that answers for them."""
    settings = gateway.settings
    if "http" not in settings.gateway.parts:
        return ()
    # Where documents are judged; beside another courier it would only be refused.
    judged = settings.organisation if "courier" in settings.gateway.parts else ()
    return (
        Revealer(gateway.ledger, settings.organisations),
        Disputer(gateway.ledger, judged),
        Answerer(gateway.ledger, settings.organisations),
        Sender(gateway.engine, pages, webhook_settings(settings)),
        porter_of(settings, gateway.engine, channels),
    )


def _assemble(settings: Settings) -> Gateway:
    deployment = _deployment(settings)
    vault = FileVault(settings.path(settings.vault.folder))
    ledger = LedgerRuntime(
        LedgerSettings(
            database_url=settings.database_url,
            vault=vault,
            client_url=settings.chain.url,
            deployment=deployment,
            relayer_keys=open_relayers(settings),
            hosts=open_hosts(settings),
            courier=CourierSettings(
                allowed=settings.outward.allowed,
                examiner=OrderExaminer(),
                file_bytes_max=settings.gateway.attachment_bytes_max,
                ipfs=settings.vault.ipfs,
            ),
            parts=frozenset(settings.gateway.parts) - {"http"},
            relayer=RelayerSettings(
                deadline_s=settings.gateway.intent_lifetime_s,
                **settings.relayer.model_dump(exclude={"keystores"}),
            ),
            limits=Limits(
                waiting_max=settings.gateway.waiting_max,
                waiting_per_organisation_max=settings.gateway.waiting_per_organisation_max,
                queued_max=settings.gateway.queued_max,
            ),
        )
    )
    migrate(ledger.engine)
    published.use(settings.path(settings.messages.schemas))
    return Gateway(
        settings=settings,
        deployment=deployment,
        ledger=ledger,
        vault=vault,
        blocks=BlockService(
            ledger.engine,
            vault,
            domain_separator(deployment.order_domain),
            settings.organisations,
        ),
        callers=Callers(ledger.engine, settings.organisations),
        pulse=Pulse(ledger.client),
        keeper=Keeper(ledger, settings.gateway.idempotency_days),
    )


def _deployment(settings: Settings) -> Deployment:
    try:
        return Deployment.load(settings.path(settings.chain.deployment))
    except DeploymentFileInvalid as error:
        raise SettingsInvalid(settings.home, [f"chain.deployment: {error}"]) from None


def _operation_id(route: APIRoute) -> str:
    """Call operations as their functions are called, so that generated clients read well."""
    return route.name


def _version() -> str:
    try:
        return version("consign")
    except PackageNotFoundError:
        return "0"
