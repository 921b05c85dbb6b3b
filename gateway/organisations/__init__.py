"""Organisations: the members of the network, as the registry knows them."""
