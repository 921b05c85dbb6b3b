"""The inbox: every message is stored sealed before it is read, and stays until it is dealt with.

::

    received ──read──► ready ──record──► recorded          (every document of it on the ledger)
        │ │              │
        │ └──► noted     │              it says only what became of messages that were sent
        │                │
        └──► refused ────┴──► set_aside                     by a person
                ▲  │              │
                └──┴── mend, replay ┘

`refused` carries every finding; the content is mended or the connector is, and the message is
replayed. What a process that died left as `received` is replayed likewise. A message that comes
again, from the same sender and byte for byte the same, is counted and not kept twice.
"""
