"""A paper code as the page that is printed: the same for the office's desk and for a phone."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone

from gatepass.centre.codes.papers import Size, paper_pdf
from gatepass.centre.papers.actions import paper_text
from gatepass.centre.papers.models import Paper
from gatepass.centre.passages.words import active_language
from gatepass.credentials import serials


def printed(paper: Paper, size: Size, *, masked: bool) -> HttpResponse:
    """A PDF in the active language. PaperError where this machine lacks the letters for it."""
    content = paper_pdf(
        paper_text(paper),
        name=paper.resident.full_name,
        masked=masked,
        last_day=timezone.localtime(paper.expires_at).date(),
        number=serials.written(bytes(paper.serial)),
        issuer=settings.CONFIGURATION.town,
        help_line=paper.resident.site.community.name,
        language=active_language(),
        size=size,
    )
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="health-code-{size.value}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response
