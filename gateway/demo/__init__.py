"""The demonstration: one order and one pooled truck travel the whole local network."""
