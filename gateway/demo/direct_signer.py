"""A member without a gateway: its own key, straight to the contract."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from gateway.client import until
from gateway.demo.show import Fact, Show
from ledger import lifecycle
from ledger.client import Client
from ledger.contracts import encode_agree
from ledger.deployment import Deployment
from ledger.direct import send
from ledger.identifier import parse_agreement
from ledger.intent import ZERO, AgreementStep
from ledger.key import SigningKey
from ledger.verification.evidence import FetchBlock, Reader
from ledger.verification.terms import open_terms
from ledger.view import AgreementView, read_agreement

DEADLINE_S = 600


@dataclass(frozen=True, slots=True)
class DirectSigner:
    """Signs agreements by transactions of its own; no gateway could keep it from that.

    Parameters
    ----------
    reader : Reader
        Its encryption keys.
    fetch : callable
        Gets sealed blocks, from whoever serves them.
    """

    client: Client
    deployment: Deployment
    key: SigningKey
    reader: Reader
    fetch: FetchBlock
    name: str
    show: Show

    async def sign_agreement(self, agreement: str) -> None:
        """Sign an agreement once it is proposed.

        Raises
        ------
        Refused
            If the ledger refuses it.
        WaitedTooLong
            If it is not proposed in time.
        DocumentUnread
            If its terms cannot be opened.
        """
        number = parse_agreement(agreement)

        async def read() -> AgreementView:
            return await read_agreement(self.client, self.deployment.order_ledger, number)

        proposed = await until(read, lambda found: found.state == 1, f"{agreement} to be proposed")
        terms = await open_terms(self.client, self.deployment, number, self.reader, self.fetch)
        self.show.say(f"{self.name} opened the terms: {terms.document.id}")
        block = await self.client.block()
        assert block is not None, "a chain has a latest block"
        step = AgreementStep(
            organisation=self.reader.organisation,
            agreement=number,
            action=lifecycle.row_named("agreement", "sign").id,
            seats=proposed.seats,
            notice_days=proposed.notice_days,
            terms=terms.commitment,
            manifest=ZERO,
            deadline=block.timestamp + DEADLINE_S,
            nonce=secrets.randbits(256),
        )
        # The transaction itself is by the key, so the step needs no signature beside it.
        data = encode_agree(step, b"")
        receipt = await send(self.client, self.key, self.deployment.order_ledger, data)
        self.show.fact(
            Fact(
                subject=f"agreement {agreement}",
                who=self.name,
                what="signed it with its own key, without any gateway",
                signer=self.key.address,
                transaction="0x" + receipt.tx_hash.hex(),
                gas=receipt.gas_used,
            )
        )
