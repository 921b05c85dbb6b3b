"""A network's whole history in one file, proven by one hash of the chain's head.

1. ``export`` writes it from a node; ``file`` is its form;
2. ``proof`` shows that nothing in it was changed and nothing left out, block by block:
   ``header``, ``transaction``, ``receipt`` and ``trie`` are Ethereum's own spelling;
3. ``audit`` takes every transaction through the contracts' rules once more, offline;
4. ``intake`` folds it into a fresh database, as if it had been read from a node.
"""
