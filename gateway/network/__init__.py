"""The local network: a chain and separate gateway processes on one machine, to try and show."""
