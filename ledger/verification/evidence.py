"""The documents behind an order's acts: fetched, opened and held against their commitments."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ledger.document.encryption_key import EncryptionKey
from ledger.document.envelope import OpenedDocument, open_envelope, open_with_key
from ledger.document.errors import DocumentError, EpochStale, RecipientAbsent
from ledger.document.header import Binding
from ledger.document.manifest import Manifest, documents_root
from ledger.intent import ZERO, Batch
from ledger.vault import Cid, cid_from_digest, cid_of
from ledger.verification.replay import Act

FetchBlock = Callable[[Cid, Sequence[int]], Awaitable[bytes | None]]
"""Gets a block by its CID; the numbers are the organisations that may hold it, its sender first."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks: only what is sealed for this organisation can be read.

    Parameters
    ----------
    organisation : int
        Its number.
    private_keys : mapping
        Its private encryption keys by key epoch.
    rewrapped : callable
        Gives the content key of a block that was rewrapped for it, if one was.
    """

    organisation: int
    private_keys: Mapping[int, EncryptionKey]
    rewrapped: Callable[[Cid], bytes | None] = lambda cid: None


class EvidenceStatus(StrEnum):
    """What became of the document behind an act."""

    NONE = "none"
    """The act has no document."""
    OPENED = "opened"
    SEALED = "sealed"
    """It is for others than the reader: sealed for them, or served to them alone."""
    MISSING = "missing"
    """Nobody serves it."""
    BROKEN = "broken"
    """It is not what the chain committed to."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The document behind one act.

    Parameters
    ----------
    commitment : bytes
        What the act committed to; zero when there is no document, or nobody shows the manifest.
    problem : str
        Why it is missing or broken; empty otherwise.
    """

    act: Act
    status: EvidenceStatus
    commitment: bytes
    document: OpenedDocument | None = None
    problem: str = ""


class EvidenceRoom:
    """Gathers documents; manifests are fetched and checked once.

    Parameters
    ----------
    reader : Reader
        Who looks.
    network : bytes
        Domain separator of the ledger, to which every document is bound.
    fetch : callable
        Gets blocks.
    seated : collection of int
        The organisations that sit in the agreement; its documents are with them and nobody else.
    """

    def __init__(
        self, reader: Reader, network: bytes, fetch: FetchBlock, seated: Collection[int]
    ) -> None:
        is_party = reader.organisation in seated
        self._unserved = EvidenceStatus.MISSING if is_party else EvidenceStatus.SEALED
        self._seated = seated
        self._reader = reader
        self._network = network
        self._fetch = fetch
        self._manifests: dict[bytes, Manifest | str] = {}

    async def evidence_of(
        self, act: Act, agreement: int, batch: Batch | None, count: int, senders: set[str]
    ) -> Evidence:
        """Gather the document of one act.

        Parameters
        ----------
        batch : Batch or None
            What was signed, when the act came in a batch.
        count : int
            Number of events of that batch.
        senders : set of str
            Addresses that may have sealed it.
        """
        if act.manifest == ZERO:
            return self._without_manifest(act, batch)
        manifest = await self._manifest(act, batch, count)
        if isinstance(manifest, str):
            status = EvidenceStatus.BROKEN if manifest else self._unserved
            return Evidence(act, status, act.document, problem=manifest or "no manifest is served")
        entry = next((each for each in manifest.entries if each.position == act.position), None)
        if entry is None:
            return Evidence(act, EvidenceStatus.NONE, ZERO)
        if act.document not in (ZERO, entry.commitment):
            problem = "the manifest names another commitment than the chain"
            return Evidence(act, EvidenceStatus.BROKEN, act.document, problem=problem)
        if entry.cid is None:
            problem = "its document was carried outside Consign"
            return Evidence(act, EvidenceStatus.MISSING, entry.commitment, problem=problem)
        block = await self._fetch(entry.cid, self._holders(act))
        if block is None:
            problem = f"nobody serves block {entry.cid}"
            return Evidence(act, self._unserved, entry.commitment, problem=problem)
        return self._opened(act, agreement, entry.commitment, block, senders)

    def _without_manifest(self, act: Act, batch: Batch | None) -> Evidence:
        # Who signs an agreement signs the terms that its proposal sealed, and seals nothing anew.
        is_signature = act.machine == "agreement" and act.row.action == "sign"
        commits = act.document != ZERO or (batch is not None and batch.documents_root != ZERO)
        if is_signature or not commits:
            return Evidence(act, EvidenceStatus.NONE, ZERO)
        problem = "the act commits to a document but names no manifest"
        return Evidence(act, EvidenceStatus.MISSING, act.document, problem=problem)

    def _opened(
        self, act: Act, agreement: int, commitment: bytes, block: bytes, senders: set[str]
    ) -> Evidence:
        binding = Binding(self._network, agreement, act.machine, act.number)
        try:
            document = self._read(block, binding, commitment, senders)
        except (RecipientAbsent, EpochStale) as sealed:
            return Evidence(act, EvidenceStatus.SEALED, commitment, problem=str(sealed))
        except DocumentError as broken:
            problem = f"{type(broken).__name__}: {broken}"
            return Evidence(act, EvidenceStatus.BROKEN, commitment, problem=problem)
        return Evidence(act, EvidenceStatus.OPENED, commitment, document)

    def _read(
        self, block: bytes, binding: Binding, commitment: bytes, senders: set[str]
    ) -> OpenedDocument:
        try:
            return open_envelope(
                block,
                organisation=self._reader.organisation,
                private_keys=self._reader.private_keys,
                expected_binding=binding,
                expected_commitment=commitment,
                expected_senders=senders,
            )
        except (RecipientAbsent, EpochStale):
            content_key = self._reader.rewrapped(cid_of(block))
            if content_key is None:
                raise
        return open_with_key(
            block,
            content_key=content_key,
            expected_binding=binding,
            expected_commitment=commitment,
            expected_senders=senders,
        )

    def _holders(self, act: Act) -> list[int]:
        return list(dict.fromkeys((act.organisation, *self._seated)))

    async def _manifest(self, act: Act, batch: Batch | None, count: int) -> Manifest | str:
        """The manifest of an act: itself, or why it is broken, or empty when nobody serves it."""
        found = self._manifests.get(act.statement)
        if found is None:
            found = await self._checked_manifest(act, batch, count)
            self._manifests[act.statement] = found
        return found

    async def _checked_manifest(self, act: Act, batch: Batch | None, count: int) -> Manifest | str:
        cid = cid_from_digest(act.manifest)
        block = await self._fetch(cid, self._holders(act))
        if block is None:
            return ""
        if cid_of(block) != cid:
            return "the manifest is another block than the chain names"
        try:
            manifest = Manifest.from_block(block)
            if batch is not None and documents_root(manifest.commitments(count)) != (
                batch.documents_root
            ):
                return "the manifest's commitments do not give the batch's documents root"
        except DocumentError as broken:
            return f"{type(broken).__name__}: {broken}"
        return manifest
