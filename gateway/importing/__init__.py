"""`consign import`: a file's orders and deliveries put on the ledger through the gateways' API."""
