"""What becomes of documents that cannot be relied on, as agreements and organisations have it.

What an agreement holds waits for a person; what it disputes, or an organisation told its gateway to
dispute, is disputed without one.
"""
