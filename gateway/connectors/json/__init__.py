"""JSON: read exactly, with the place of everything that is wrong; the network's own documents."""
