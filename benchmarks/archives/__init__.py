"""What the benchmark of archives needs: a chain with a long history of orders."""
