"""Partner profiles of an organisation: every version kept, the last one in use."""
