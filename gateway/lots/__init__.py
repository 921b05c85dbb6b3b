"""Lots: consolidated shipments, from the tender to delivery."""
