"""Any standard to any other: what a message says, written anew, and what the target cannot hold.

What is lost is not declared but found out: the target is written, read again by its own connector,
and compared field by field with the document that it was written from (`loss`).
"""
