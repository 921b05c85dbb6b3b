"""How many documents a second are given to one more key: vault and database included."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks.documenting.pace import Pace
from benchmarks.documenting.paper import order_of
from ledger.database import connect, migrate
from ledger.document.content_key import Recipient
from ledger.document.encryption_key import new_encryption_key, public_bytes
from ledger.document.header import Binding
from ledger.host import Host
from ledger.key import SigningKey
from ledger.outbox import DocumentReference
from ledger.rewrapping import Rewrapping, own_recipient
from ledger.sealing import Sealing, seal_all
from ledger.vault import FileVault

NETWORK: Final = bytes(32)
AUDITOR: Final = 9


def rewrapping_pace(documents: int, rounds: int) -> Pace:
    """Rewrap orders of 50 lines, sealed for three parties, for a new key of an auditor each round.

    Processor time of this thread, as if the disk answered at once.
    """
    with tempfile.TemporaryDirectory(prefix="consign-") as folder:
        engine = connect(f"sqlite:///{Path(folder) / 'ledger.sqlite'}")
        migrate(engine)
        vault, host = FileVault(Path(folder) / "vault"), _host(1)
        cids = _sealed(vault, host, documents)
        rewrapping = Rewrapping(engine, vault, NETWORK)
        found = []
        for epoch in range(1, rounds + 1):
            to = Recipient(AUDITOR, epoch, public_bytes(new_encryption_key()))
            began = time.thread_time()
            rewrapping.rewrap_all(host, to, cids)
            found.append((time.thread_time() - began) / documents)
            assert not rewrapping.lacking(to, cids), "every document was given"
        engine.dispose()
    return Pace(tuple(found))


def _host(number: int) -> Host:
    return Host(number, SigningKey.create(), {1: new_encryption_key()})


def _sealed(vault: FileVault, host: Host, documents: int) -> list[str]:
    order, parties = order_of(50), [own_recipient(each, 1) for each in (host, _host(2), _host(3))]
    sealings = [
        Sealing(order, parties, Binding(NETWORK, 1 << 32, "order", number), ())
        for number in range(documents)
    ]
    sealed = [
        each for each in seal_all(vault, host, sealings) if isinstance(each, DocumentReference)
    ]
    return [str(each.cid) for each in sealed]
