"""Intents: what became of the wishes of an organisation."""
