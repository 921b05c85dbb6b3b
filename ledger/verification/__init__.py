"""Checks an order again, from the chain and the sealed blocks alone.

Nothing here reads a gateway's database. A caller walks through the modules in this order:

1. ``history``: every log and signed transaction of the network's contracts, from the first block;
2. ``authority``: which key could speak for whom, at any moment of that history;
3. ``statement``: what organisations signed, taken out of the transactions that carried it;
4. ``replay``: agreement, order and deliveries taken through the lifecycle table once more;
5. ``evidence``: the documents, opened and held against their commitments;
6. ``report``: all of it, as findings that hold or do not, and as sentences.
"""
