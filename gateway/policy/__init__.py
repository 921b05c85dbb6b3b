"""What a gateway does by itself for an organisation that told it to: never anything by default."""
