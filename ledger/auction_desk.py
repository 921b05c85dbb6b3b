"""Where hosted organisations hand in what they want of auctions: openings, bids, steps of lots."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Engine
from sqlmodel import select

from ledger import outbox, prediction
from ledger.acceptance import Accepted, Numbers, Within, finish
from ledger.attachment.register import attached_to
from ledger.database import in_thread, reading, writing
from ledger.deployment import Deployment
from ledger.document.header import Binding
from ledger.feed import Bell
from ledger.host import Host, require_host
from ledger.intent import bid_commitment, domain_separator
from ledger.model import PendingAction
from ledger.role import Permission
from ledger.sealing import Content, recipients_of, seal_into
from ledger.vault import Vault


class AuctionDesk:
    """Seals and accepts calls of the auction contract for the organisations hosted here.

    Parameters
    ----------
    work : Bell
        Rung when something was accepted.
    """

    def __init__(
        self,
        engine: Engine,
        vault: Vault,
        deployment: Deployment,
        hosts: Mapping[int, Host],
        work: Bell,
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._deployment = deployment
        self._network = domain_separator(deployment.order_domain)
        self._hosts = hosts
        self._work = work
        self._numbers = Numbers()

    async def call(
        self,
        organisation: int,
        function: str,
        *,
        auction: int | None = None,
        number: int = 0,
        call: Mapping[str, Any],
        document: Content | None = None,
        readers: Sequence[int] = (),
        within: Within | None = None,
    ) -> Accepted:
        """Accept a call of the auction contract.

        Parameters
        ----------
        function : str
            ``open``, ``commit``, ``reveal``, ``propose``, ``finalise``, ``step_lot``, ``approve``,
            ``deposit`` or ``withdraw``.
        auction : int, optional
            Its number; for ``open`` left out to get the next free one.
        number : int
            Lot or bid; 0 for the auction itself.
        call : dict
            Fields of the contract's struct or arguments, in snake_case, bytes as hex; organisation,
            auction, deadline and nonce are filled in.
        document, readers : Content, sequence of int, optional
            What the call commits to, and the organisations it is sealed for beside the sender.
        """
        accepted = await in_thread(
            self._call,
            organisation,
            function,
            auction,
            number,
            dict(call),
            document,
            readers,
            within,
        )
        self._work.ring()
        return accepted

    async def bid(
        self,
        organisation: int,
        auction: int,
        *,
        lots: int,
        price: int,
        within: Within | None = None,
    ) -> Accepted:
        """Place a sealed bid; its contents and salt stay here until `reveal`.

        Parameters
        ----------
        lots : int
            Bitmap of the lots it covers.
        price : int
            In the auction's minor unit.
        """
        salt = secrets.token_bytes(32)
        domain = self._deployment.auction_domain
        commitment = bid_commitment(domain, auction, organisation, lots, price, salt)
        call = {"commitment": commitment.hex(), "lots": lots, "price": price, "salt": salt.hex()}
        return await self.call(organisation, "commit", auction=auction, call=call, within=within)

    async def reveal(self, organisation: int, auction: int) -> list[Accepted]:
        """Reveal every bid that an organisation placed here, unless it is under way."""

        def sealed() -> list[dict[str, Any]]:
            bids = select(PendingAction.call).where(
                PendingAction.organisation == organisation,
                PendingAction.agreement == auction,
                PendingAction.machine == "auction",
                PendingAction.action == "commit",
            )
            with reading(self._engine) as session:
                found = [call for call in session.exec(bids) if call is not None]
                return [
                    {name: call[name] for name in ("lots", "price", "salt")} | {"bid": number}
                    for call in found
                    for number in prediction.bid_numbers(session, auction, call["commitment"])
                    if not prediction.is_revealing(session, auction, number)
                ]

        return [
            await self.call(organisation, "reveal", auction=auction, number=call["bid"], call=call)
            for call in await in_thread(sealed)
        ]

    def _call(
        self,
        organisation: int,
        function: str,
        auction: int | None,
        number: int,
        call: dict[str, Any],
        content: Content | None,
        readers: Sequence[int],
        within: Within | None,
    ) -> Accepted:
        host = require_host(self._hosts, organisation)
        document = None
        with reading(self._engine) as session:
            if function == "open" and auction is None:
                auction = self._numbers.take(
                    ("auction", organisation), outbox.next_auction(session, organisation)
                )
            recipients = recipients_of(session, {organisation, *readers}) if content else []
            files = attached_to(session, organisation, content) if content else ()
        if content is not None:
            kind = "lot" if function == "step_lot" else "auction"
            document = seal_into(
                self._vault,
                content,
                sender=host,
                recipients=recipients,
                binding=Binding(self._network, auction or 0, kind, number),
                readers=tuple(sorted(self._hosts.keys() & set(readers))),
                attachments=files,
            )
        field = "specification" if function == "open" else "document"
        call |= {"auction": auction, field: (document.commitment if document else bytes(32)).hex()}
        with writing(self._engine) as session:
            prediction.require_permission(session, organisation, host.key.address, Permission.TRADE)
            entry = outbox.accept_call(
                session,
                organisation=organisation,
                function=function,
                auction=auction,
                number=number,
                call=call,
                document=document,
            )
            return finish(session, entry, within)
