"""Deliveries: announcing, despatching, receiving, inspecting, returning and settling them."""
