"""CSV by mapping profile: rows in, typed documents out, bad rows listed, none lost."""
