"""Channels: how messages come from partners into the inbox, and from the outbox to partners.

::

    partner's folder, SFTP server, address ──collect──► inbox
    inbox ──read, answer──► outbox ──bring──► partner

A channel is declared in a file (`declaration`) and is one of a kind (`folder`, `sftp`, `http`). It
hands over what it found as parcels; a parcel is let go only once the inbox has kept it, so that a
process that dies in between finds it again, and the inbox knows it as the same.
"""
