"""What the benchmarks of the indexer share: a history of orders, and who else indexes it."""
