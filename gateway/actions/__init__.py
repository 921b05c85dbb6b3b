"""Actions: thousands in one call, or one alone, whatever they are about."""
