"""The outbox: what partners are told, sealed, until it is with them and they have answered.

::

    waiting ──delivered by a channel, or fetched and said to be──► delivered
       │  ▲                                                            │
       │  └──────────────────────────── retry ─────────────────────────┤
       └──nothing got through for days──► failed ───────retry──────────┘

`unwritable` is what could not be written in the partner's standard; it carries the findings. What
the partner's own acknowledgement says about a delivered message is its `answer`.
"""
