"""Paper codes as PDF: card size and A4, five languages."""

from gatepass.centre.codes.papers.printing import PaperError, Size, fonts_missing, paper_pdf

__all__ = ["PaperError", "Size", "fonts_missing", "paper_pdf"]
