"""Documents: which type goes with which action, and reading what was opened."""
