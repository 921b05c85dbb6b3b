"""Reading the tables, one file per noun; `ledger.queries` opens the sessions."""
