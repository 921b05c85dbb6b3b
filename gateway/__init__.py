"""The gateway: HTTP, authentication, connectors; the one place where the parts meet."""
