"""Attachments: files that go with documents, encrypted in chunks that are blocks of the vault.

chunk.py     how a chunk and the list of chunks are encrypted
kind.py      which types of files are taken, and how each is known by its content
name.py      what a file may be called
sealer.py    a stream of bytes in, blocks out
reader.py    blocks in, a stream of bytes out
register.py  the rows: what was uploaded, what goes with which document
courier.py   brings the files of documents that others sent
"""
