"""Attachments: files that callers put into the vault, and files that came with documents."""
