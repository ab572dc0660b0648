"""Photos and PDF files from strangers, opened by a process that can do no harm."""

from gatepass.centre.uploads.reading import MOST_BYTES, Opened, UploadError, open_upload

__all__ = ["MOST_BYTES", "Opened", "UploadError", "open_upload"]
