"""Giving other keys what was sealed before them, and reading what was given so.

A rewrap's block lies in the vault like any other; the table `rewrap` says which documents it gives
whom. Content keys are unwrapped when they are needed and kept nowhere.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Final

from sqlalchemy import Engine, delete, select, update
from sqlmodel import Session

from ledger.database import portions, reading, upsert, writing
from ledger.document.block import read_header
from ledger.document.content_key import Recipient, unwrap
from ledger.document.encryption_key import HybridKey, bundle_of, public_bytes
from ledger.document.errors import DocumentError, EpochStale, RecipientAbsent
from ledger.document.header import Header
from ledger.document.rewrap import ENTRIES_MAX, open_rewrap, read_rewrap, require_signer, rewrap
from ledger.host import Host
from ledger.model import Document, Rewrap
from ledger.model.parcel import DOCUMENT_WAITS
from ledger.model.table import table_of
from ledger.vault import Cid, Vault, cid_from_digest, digest_of

_DOCUMENTS: Final = table_of(Document)
_REWRAPS: Final = table_of(Rewrap)


class Rewrapping:
    """Rewraps documents for other keys, and takes rewraps in.

    Parameters
    ----------
    network : bytes
        Domain separator of the ledger, to which every rewrap is bound.
    """

    def __init__(self, engine: Engine, vault: Vault, network: bytes) -> None:
        self._engine = engine
        self._vault = vault
        self._network = network

    def rewrap_all(self, host: Host, to: Recipient, cids: Iterable[str]) -> list[Cid]:
        """Give a key every one of those documents that it was not given yet.

        What the vault does not hold, or the host cannot open, is left out.

        Returns
        -------
        list of Cid
            The rewraps, which are in the vault.
        """
        wanted = list(dict.fromkeys(cids))
        made = []
        for start in range(0, len(wanted), ENTRIES_MAX):
            content_keys = self._not_yet_given(host, to, wanted[start : start + ENTRIES_MAX])
            if content_keys:
                made.append(self._store(host, to, content_keys))
        return made

    def accept(self, host: Host, block: bytes, senders: Collection[str]) -> int:
        """Take a rewrap in that somebody made for a host; gives the number of its documents.

        Parameters
        ----------
        senders : collection of str
            Addresses that may speak for its sender.

        Raises
        ------
        EnvelopeError
            When it is not sealed for the host, or not signed by its sender.
        """
        parts = read_rewrap(block)
        require_signer(parts, senders)
        content_keys = _opened(host, self._network, block)
        self._vault.put(block)
        epoch = parts.header.epoch
        with writing(self._engine) as session:
            _remember(session, block, host.number, epoch, content_keys)
            _try_again(session, content_keys)
        return len(content_keys)

    def lacking(self, to: Recipient, cids: Iterable[str]) -> list[str]:
        """List those of some documents that a key was not given, neither sealed nor rewrapped."""
        wanted = list(dict.fromkeys(cids))
        with reading(self._engine) as session:
            given = _given(session, to.organisation, [to.epoch], map(digest_of, wanted))
        lacking = []
        for part in portions([cid for cid in wanted if digest_of(cid) not in given]):
            blocks = self._vault.get_all(part)
            lacking += [cid for cid in part if not _is_sealed_to(to, blocks.get(cid))]
        return lacking

    def depending(self, host: Host, to: Recipient, cids: Iterable[str]) -> list[str]:
        """List those of some documents that only keys beside one may open.

        What is not here may be such a one; what none of the host's keys opens is not.
        """
        depending = []
        for part in portions(self.lacking(to, cids)):
            blocks = self._vault.get_all(part)
            depending += [cid for cid in part if _may_open(host, blocks.get(cid))]
        return depending

    def take_out(self, hosts: Mapping[int, Host], cids: Iterable[str]) -> None:
        """Forget that documents were rewrapped; make rewraps for hosts anew without their keys.

        Rewraps made here for others cannot be opened here: they go with their last document.
        """
        gone = {digest_of(cid) for cid in cids}
        with reading(self._engine) as session:
            blocks = _naming(session, gone)
        for digest, (organisation, epoch, documents) in blocks.items():
            kept = documents - gone
            if organisation in hosts:
                self._renew(hosts[organisation], epoch, digest, kept)
            elif not kept:
                self._vault.delete(cid_from_digest(digest))
        with writing(self._engine) as session:
            for part in portions(gone):
                are_gone = _REWRAPS.c.document.in_(part)
                session.connection().execute(delete(_REWRAPS).where(are_gone))

    def _renew(self, host: Host, epoch: int, digest: bytes, kept: Collection[bytes]) -> None:
        if kept:
            block = self._vault.get(cid_from_digest(digest))
            content_keys = _opened(host, self._network, block)
            self._store(
                host, own_recipient(host, epoch), {each: content_keys[each] for each in kept}
            )
        self._vault.delete(cid_from_digest(digest))

    def _not_yet_given(self, host: Host, to: Recipient, cids: list[str]) -> dict[bytes, bytes]:
        content_keys: dict[bytes, bytes] = {}
        with reading(self._engine) as session:
            given = _given(session, to.organisation, [to.epoch], map(digest_of, cids))
            for part in portions([cid for cid in cids if digest_of(cid) not in given]):
                blocks = self._vault.get_all(part)
                content_keys |= _unwrapped(session, self._vault, self._network, host, to, blocks)
        return content_keys

    def _store(self, host: Host, to: Recipient, content_keys: Mapping[bytes, bytes]) -> Cid:
        block = rewrap(
            content_keys, network=self._network, sender=host.number, sign=host.key.sign, to=to
        )
        cid = self._vault.put(block)
        with writing(self._engine) as session:
            _remember(session, block, to.organisation, to.epoch, content_keys)
        return cid


def own_recipient(host: Host, epoch: int) -> Recipient:
    """Give a host's own key as something to seal to."""
    key = host.encryption_keys[epoch]
    bundle = bundle_of(key) if isinstance(key, HybridKey) else None
    return Recipient(host.number, epoch, public_bytes(key), bundle)


def rewrapped_keys(
    session: Session, vault: Vault, network: bytes, host: Host, cids: Collection[str]
) -> dict[str, bytes]:
    """Give the content keys of documents that rewraps hold for a host, by their CIDs.

    A rewrap that is missing or broken gives nothing.
    """
    documents = {digest_of(cid): cid for cid in cids}
    given = _given(session, host.number, list(host.encryption_keys), documents)
    blocks = vault.get_all({cid_from_digest(block) for block in given.values()})
    content_keys: dict[bytes, bytes] = {}
    for block in blocks.values():
        try:
            content_keys |= _opened(host, network, block)
        except DocumentError:
            continue
    return {documents[each]: content_keys[each] for each in given if each in content_keys}


def _unwrapped(
    session: Session,
    vault: Vault,
    network: bytes,
    host: Host,
    to: Recipient,
    blocks: Mapping[str, bytes],
) -> dict[bytes, bytes]:
    """Unwrap what a host can open and somebody else was not given when it was sealed."""
    found: dict[bytes, bytes] = {}
    others = []
    for cid, block in blocks.items():
        try:
            header = read_header(block)
            if any(
                (w.organisation, w.epoch) == (to.organisation, to.epoch) for w in header.recipients
            ):
                continue
            found[digest_of(cid)] = unwrap(header, host.number, host.encryption_keys)
        except (RecipientAbsent, EpochStale):
            others.append(cid)
        except DocumentError:
            continue
    if others:
        given = rewrapped_keys(session, vault, network, host, others)
        found |= {digest_of(cid): content_key for cid, content_key in given.items()}
    return found


def _is_sealed_to(to: Recipient, block: bytes | None) -> bool:
    try:
        return block is not None and _has(read_header(block), to)
    except DocumentError:
        return False


def _may_open(host: Host, block: bytes | None) -> bool:
    try:
        wraps = [] if block is None else read_header(block).recipients
    except DocumentError:
        return True
    mine = [each.epoch for each in wraps if each.organisation == host.number]
    return block is None or any(epoch in host.encryption_keys for epoch in mine)


def _has(header: Header, to: Recipient) -> bool:
    return any(
        (each.organisation, each.epoch) == (to.organisation, to.epoch) for each in header.recipients
    )


def _opened(host: Host, network: bytes, block: bytes) -> dict[bytes, bytes]:
    return open_rewrap(
        read_rewrap(block),
        organisation=host.number,
        private_keys=host.encryption_keys,
        network=network,
    )


def _given(
    session: Session, organisation: int, epochs: Sequence[int], documents: Iterable[bytes]
) -> dict[bytes, bytes]:
    """Give the newest rewrap of each document that was given to those keys of somebody."""
    given: dict[bytes, bytes] = {}
    for part in portions(list(documents)):
        asked = (
            select(_REWRAPS.c.document, _REWRAPS.c.block)
            .where(
                _REWRAPS.c.document.in_(part),
                _REWRAPS.c.organisation == organisation,
                _REWRAPS.c.epoch.in_(epochs),
            )
            .order_by(_REWRAPS.c.epoch)
        )
        given.update((row.document, row.block) for row in session.connection().execute(asked))
    return given


def _try_again(session: Session, documents: Iterable[bytes]) -> None:
    """Have the courier open those documents now that could not be opened before."""
    for part in portions(map(cid_from_digest, documents)):
        are_these = (DOCUMENT_WAITS, _DOCUMENTS.c.cid.in_(part))
        session.connection().execute(update(_DOCUMENTS).where(*are_these).values(next_attempt_ms=0))


def _naming(
    session: Session, documents: Iterable[bytes]
) -> dict[bytes, tuple[int, int, set[bytes]]]:
    """Find the rewraps that hold any of those documents: for whom, which epoch, all they hold."""
    found: dict[bytes, tuple[int, int, set[bytes]]] = {}
    connection = session.connection()
    for part in portions(list(documents)):
        blocks = select(_REWRAPS.c.block).where(_REWRAPS.c.document.in_(part))
        asked = select(_REWRAPS).where(_REWRAPS.c.block.in_(blocks))
        for row in connection.execute(asked):
            whose = found.setdefault(row.block, (row.organisation, row.epoch, set()))
            whose[2].add(row.document)
    return found


def _remember(
    session: Session, block: bytes, organisation: int, epoch: int, documents: Iterable[bytes]
) -> None:
    named = {"organisation": organisation, "epoch": epoch, "block": sha256(block).digest()}
    for part in portions([{"document": each, **named} for each in documents]):
        upsert(session, Rewrap, list(part))
