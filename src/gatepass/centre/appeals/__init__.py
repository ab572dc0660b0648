"""Correction of health information: somebody objects to a colour, and is answered before a clock runs out."""
