"""Connectors: the documents companies already send, read into typed documents and written back."""
