"""What the benchmark of documents seals, opens and proves."""
