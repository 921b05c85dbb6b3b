"""UBL 2.x: one file per message type, over one engine of declarative mapping tables."""
