from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """How somebody on duty is reached by whoever needs a language."""

    CALL = "call", _("Call at the screen")
    PHONE = "phone", _("Telephone")
    VISIT = "visit", _("On the spot")
    DESK = "desk", _("Written questions")
    """Answers what residents ask in writing: `questions.desk_hours`."""


def channel_word(code: str) -> str:
    return str(dict(Channel.choices).get(code, code))
