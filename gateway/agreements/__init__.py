"""Agreements: proposing, signing, amending and ending trading relationships."""
