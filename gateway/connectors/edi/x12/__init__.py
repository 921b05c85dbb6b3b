"""ASC X12: transaction sets of release 004010, 005010 and later."""
