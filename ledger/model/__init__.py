"""The tables, one file per noun. Projected tables are written by the indexer alone."""

from ledger.model.attachment import Attachment, AttachmentBlock, Upload
from ledger.model.auction import Auction, Bid, Lot
from ledger.model.chain import Block, Cursor, Event, IncludedTransaction, Record
from ledger.model.counter import Counter
from ledger.model.feed import FeedEntry
from ledger.model.lease import Lease
from ledger.model.member import Organisation, OrganisationKey
from ledger.model.parcel import Document, Manifest
from ledger.model.rewrap import Rewrap
from ledger.model.sending import (
    ChainTransaction,
    NonceRange,
    PendingAction,
    SignedIntent,
    TransactionAttempt,
)
from ledger.model.trade import Agreement, Delivery, Order

PROJECTED = (
    Organisation,
    OrganisationKey,
    Agreement,
    Order,
    Delivery,
    Auction,
    Lot,
    Bid,
    IncludedTransaction,
    Record,
    Event,
)
"""Tables that a rebuild from the chain gives again, row for row."""

__all__ = [
    "PROJECTED",
    "Agreement",
    "Attachment",
    "AttachmentBlock",
    "Auction",
    "Bid",
    "Block",
    "ChainTransaction",
    "Counter",
    "Cursor",
    "Delivery",
    "Document",
    "Event",
    "FeedEntry",
    "IncludedTransaction",
    "Lease",
    "Lot",
    "Manifest",
    "NonceRange",
    "Order",
    "Organisation",
    "OrganisationKey",
    "PendingAction",
    "Record",
    "Rewrap",
    "SignedIntent",
    "TransactionAttempt",
    "Upload",
]
