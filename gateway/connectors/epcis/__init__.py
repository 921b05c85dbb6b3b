"""GS1 EPCIS 2.0: what happened to goods, as events; shipping, receiving, inspecting among them.

A file is read into a typed `EpcisDocument` (`document`, JSON-LD; `xml`, the same as XML). Its
events become the network's documents in `despatch`, `receipt` and `inspection`, and are made of
them there; `trade` does so for whole files. JSON-LD contexts are never fetched: the standard's own
words are known here, and what others add under names of their own is carried along.
"""
