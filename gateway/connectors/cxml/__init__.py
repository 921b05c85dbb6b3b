"""cXML 1.2: one file per request, over functions that read and write its parts.

A request is read into a document; the document is written as a request again; what the sender's
message has beyond that is its residue (`gateway.connectors.cxml.residue`), which rides along.
Secrets of the sender (``SharedSecret`` and its like) are for the transport only: they are neither
kept nor written back.
"""
