"""X12 and EDIFACT: one tokenizer, two envelopes, and one file per message type.

From bytes to a document, and back::

    bytes ── x12.interchange.read ──► Interchange ──► Message ── x12.order.ORDER.parse ──► Order
    bytes ◄─ x12.interchange.write ◄──────────────── Message ◄─ x12.order.ORDER.render ── Order

How a message type is mapped, one file each (``x12/order.py`` is the model):

1. Draw its loops with `loop.loop_map`, all segments that any version of the standard has there:
   ``"BEG! CUR REF* (N1 N2* N3* N4*)* (PO1 PID*)*! (CTT AMT*)"``. ``!`` is mandatory, ``*`` may
   repeat, parentheses are a loop that its first segment opens.
2. Write ``_read(reading) -> dict``: take from ``reading.tree`` what the fields of the document can
   hold, through `reading.Reading` (``date``, ``decimal``, ``unit``, ``text`` ...), which gathers
   findings with their places. What a field cannot hold is simply not taken.
3. Write ``_write(document, writing)``: ``writing.add("BEG", "00", "SA", document.id)``, in the
   order of the standard, and ``with writing.line():`` around what belongs to a line.
4. List it: ``ORDER = MessageType("850", Order, LOOPS, _read, _write, line="PO1")``, and in the
   ``message_type.py`` of its syntax. Where a code decides which of two documents a message is,
   the second has a `sign.Sign`, and is listed ``beside`` the first.

Nothing more is needed for whole round trips. Once a message is read, its document is written
again; how that differs from what was sent (segments and elements no field holds, another order,
another spelling) is the *residue* (`residue`), and rides along in ``extras``, that of a line with
its line. `MessageType.render` puts it back, unless it would say something else than the fields.

Segments are neutral (`segment.Segment`): free of the sender's delimiters and release characters.
"""
