"""Webhooks: events brought to an address, by the Standard Webhooks specification."""
