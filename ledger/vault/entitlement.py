"""Who may have which block.

====================  ============================================================
block                 who may have it
====================  ============================================================
sealed document       the recipients of its header, and those it was wrapped for anew
manifest              who has a seat in an agreement that a fact of the batch is about; where
                      those facts are not known (yet) or have no seats, the recipients of a
                      document that it lists
rewrap                the organisation that it was made for
public key bundle     every member
list or chunk of a    whoever may have a document that the file goes with
file
====================  ============================================================

What is held but may not be had looks as if it were not held.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping
from typing import Final

import sqlalchemy
from sqlmodel import Session, and_, col, or_, select

from ledger import lifecycle
from ledger.document.block import read_header
from ledger.document.errors import EnvelopeError, ManifestInvalid
from ledger.document.manifest import Manifest
from ledger.model import Agreement, Event, Record, Rewrap
from ledger.model.table import table_of
from ledger.query.attachment import documents_naming
from ledger.vault import Vault, digest_of

LOOKED_INTO_BYTES_MAX: Final = 8 * 1024 * 1024
"""How much of blocks is read at once to see who may have them; a larger one by itself."""
REMEMBERED_MAX: Final = 65_536

_KEY_BUNDLE: Final = b"CSGK"

_SEATS: Final = [table_of(Agreement).c[seat] for seat in lifecycle.SEATS]


class Entitlement:
    """Tells who may have which blocks of a vault.

    What was found of one block and one organisation is remembered: blocks never change, and
    nobody forgets what was had once.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._entitled: OrderedDict[tuple[int, str], None] = OrderedDict()

    def entitled(
        self, session: Session, askers: Collection[int], cids: Collection[str]
    ) -> set[str]:
        """Give those of some blocks that are held and that one of the askers may have.

        Raises
        ------
        CidInvalid
            If one is not a CID.
        """
        sizes = self._vault.sizes(cids)
        known = {cid for cid in sizes if any((each, cid) in self._entitled for each in askers)}
        found = set(known)
        for part in _parted({cid: sizes[cid] for cid in sizes if cid not in known}):
            for cid, block in self._vault.get_all(part).items():
                entitled = _Look(session, self._vault, askers).entitled(cid, block)
                for asker in entitled:
                    self._entitled[asker, cid] = None
                if entitled:
                    found.add(cid)
        while len(self._entitled) > REMEMBERED_MAX:
            self._entitled.popitem(last=False)
        return found


class _Look:
    """One look at a block, with the eyes of some organisations."""

    def __init__(self, session: Session, vault: Vault, askers: Collection[int]) -> None:
        self._session = session
        self._vault = vault
        self._askers = frozenset(askers)

    def entitled(self, cid: str, block: bytes) -> frozenset[int]:
        """Tell which of them may have a block."""
        if block.startswith(_KEY_BUNDLE):
            return self._askers
        return self._recipients(cid, block) or self._parties(cid, block) or self._attached(cid)

    def _recipients(self, cid: str, block: bytes) -> frozenset[int]:
        """Those that a document is sealed for, in its block or in a rewrap; or a rewrap is for."""
        try:
            sealed_for = {each.organisation for each in read_header(block).recipients}
        except EnvelopeError:
            sealed_for = set()
        return self._askers & sealed_for or self._askers & self._rewrapped(cid)

    def _rewrapped(self, cid: str) -> set[int]:
        digest = digest_of(cid)
        found = select(Rewrap.organisation).where(
            or_(col(Rewrap.document) == digest, col(Rewrap.block) == digest),
            col(Rewrap.organisation).in_(self._askers),
        )
        return set(self._session.exec(found))

    def _parties(self, cid: str, block: bytes) -> frozenset[int]:
        """Those that a manifest concerns."""
        if not block.startswith(b'{"entries":'):
            return frozenset()
        return self._askers & self._seated(digest_of(cid)) or self._listed(block)

    def _seated(self, manifest: bytes) -> set[int]:
        is_record = and_(
            col(Event.block_number) == col(Record.block_number),
            col(Event.log_index) == col(Record.log_index),
        )
        is_about = and_(
            col(Agreement.number) == col(Event.agreement),
            col(Event.machine).in_(("order", "delivery", "agreement")),
        )
        seats = (
            sqlalchemy.select(*_SEATS)
            .join(Event, is_about)
            .join(Record, is_record)
            .where(col(Record.manifest) == manifest)
            .distinct()
        )
        return {seat for row in self._session.connection().execute(seats) for seat in row if seat}

    def _listed(self, block: bytes) -> frozenset[int]:
        try:
            entries = Manifest.from_block(block).entries
        except ManifestInvalid:
            return frozenset()
        cids = [entry.cid for entry in entries if entry.cid is not None]
        for part in _parted(self._vault.sizes(cids)):
            for cid, document in self._vault.get_all(part).items():
                found = self._recipients(cid, document)
                if found:
                    return found
        return frozenset()

    def _attached(self, cid: str) -> frozenset[int]:
        """Those that may have a document which the block is part of a file of."""
        documents = documents_naming(self._session, [cid]).get(cid, set())
        for document, block in self._vault.get_all(documents).items():
            found = self._recipients(document, block)
            if found:
                return found
        return frozenset()


def _parted(sizes: Mapping[str, int]) -> Iterator[list[str]]:
    """Part blocks so that few bytes are looked into at once."""
    part: list[str] = []
    left = LOOKED_INTO_BYTES_MAX
    for cid, size in sizes.items():
        if part and size > left:
            yield part
            part, left = [], LOOKED_INTO_BYTES_MAX
        part.append(cid)
        left -= size
    if part:
        yield part
