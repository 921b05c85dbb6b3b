"""What becomes of an order on the ledger, told to whoever sent it, in the sender's own standard.

::

    a document of the inbox is recorded ──► Conversation: this partner speaks of this order
    another party records a fact        ──► Answer, waiting for its document to be opened
    the document is opened              ──► written as the partner writes ──► the outbox

`telling` says which document tells of a fact, `manner` how the partner wants it written.
"""
