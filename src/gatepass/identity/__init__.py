"""Who is it? Document layouts and numbers become a `Document`; whatever cannot be read becomes a `DocumentError`."""

from gatepass.identity.documents import (
    Assurance,
    Document,
    DocumentError,
    DocumentKind,
    Holder,
    PartialDate,
    Sex,
    Validity,
)

__all__ = ["Assurance", "Document", "DocumentError", "DocumentKind", "Holder", "PartialDate", "Sex", "Validity"]
