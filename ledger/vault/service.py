"""Serves blocks to those who may have them."""

from collections.abc import Collection, Sequence

from sqlalchemy import Engine

from ledger.asker import proven_askers
from ledger.database import reading
from ledger.vault import Vault, parse_cid
from ledger.vault.bundle import write_bundle
from ledger.vault.entitlement import Entitlement
from ledger.vault.errors import BlockMissing


class BlockService:
    """A vault as other gateways see it.

    Parameters
    ----------
    network : bytes
        Domain separator of the order ledger, 32 bytes.
    hosted : collection of int
        The organisations hosted here.
    """

    def __init__(
        self, engine: Engine, vault: Vault, network: bytes, hosted: Collection[int]
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._network = network
        self._hosted = frozenset(hosted)
        self._entitlement = Entitlement(vault)

    def askers(self, authorization: str | None) -> frozenset[int]:
        """Tell which organisations send a request.

        Raises
        ------
        AskerUnproven
            If none is proven.
        """
        with reading(self._engine) as session:
            return proven_askers(session, self._network, self._hosted, authorization)

    def block(self, askers: Collection[int], cid: str) -> bytes:
        """Give one block.

        Raises
        ------
        CidInvalid
            If `cid` is not a CID.
        BlockMissing
            If it is not held, or none of the askers may have it: nobody is told which.
        BlockCorrupt
            If it is damaged.
        """
        if not self._entitled(askers, [parse_cid(cid)]):
            raise BlockMissing("The vault does not hold the block.", cid=cid)
        return self._vault.get(cid)

    def bundle(self, askers: Collection[int], cids: Sequence[str]) -> bytes:
        """Give what is held of some blocks, as far as the askers may have them.

        Raises
        ------
        CidInvalid
            If one is not a CID.
        """
        return write_bundle(self._vault, cids, self._entitled(askers, cids))

    def _entitled(self, askers: Collection[int], cids: Collection[str]) -> set[str]:
        with reading(self._engine) as session:
            return self._entitlement.entitled(session, askers, cids)
