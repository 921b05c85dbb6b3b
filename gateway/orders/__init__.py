"""Orders: issuing them, moving them on, and what both sides agree on now."""
