"""Auctions: sealed bids on lots, their award, and what each demand pays of it."""
