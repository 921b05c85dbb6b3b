"""Named errors of attachments.

::

    DocumentError
    └── AttachmentError
        ├── AttachmentRefused             what was sent is not taken
        │   ├── AttachmentEmpty           a file without a byte
        │   ├── AttachmentTypeUntaken     a media type that is on no list
        │   ├── AttachmentTypeMismatch    the content or the name is of another type
        │   ├── AttachmentActive          the content carries something that programs would run
        │   └── FileNameInvalid           nothing is left of the name
        ├── AttachmentTooLarge            above the size that is taken
        ├── AttachmentUnknown             there is no such file, or it is described otherwise
        ├── AttachmentAwaited             the file is not here yet
        └── AttachmentDamaged             a block is not what was sealed
"""

from __future__ import annotations

from ledger.document.errors import DocumentError


class AttachmentError(DocumentError):
    """A file cannot go with a document, or cannot be had."""


class AttachmentRefused(AttachmentError):
    """The file is not one that goes with documents."""


class AttachmentEmpty(AttachmentRefused):
    """The file has no content."""


class AttachmentTypeUntaken(AttachmentRefused):
    """Files of this media type are not taken: PDF, PNG, JPEG, WebP, TIFF, CSV and text are."""


class AttachmentTypeMismatch(AttachmentRefused):
    """The content or the name of the file is not of the media type that was said."""


class AttachmentActive(AttachmentRefused):
    """The file carries what programs would run: a script, a page, another file behind it."""


class FileNameInvalid(AttachmentRefused):
    """The name of the file cannot be made one that is safe everywhere."""


class AttachmentTooLarge(AttachmentError):
    """The file is larger than this gateway takes."""


class AttachmentUnknown(AttachmentError):
    """There is no such attachment, or it is another file than the document describes."""


class AttachmentAwaited(AttachmentError):
    """The file has not arrived yet."""


class AttachmentDamaged(AttachmentError):
    """A block of the file is not what its sender sealed, or not in its place."""
