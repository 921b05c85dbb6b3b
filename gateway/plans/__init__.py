"""Plans: how a pool operator would carry demands together, and the tender of a plan's lots."""
