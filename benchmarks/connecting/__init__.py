"""What the benchmark of connectors is made of: the public corpus, speeds, and peers."""
