from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gatepass.centre.people.models import Resident


class Protection(models.Model):
    """Only the named staff may know that this resident is registered here. Gates know the card, and no name."""

    resident = models.OneToOneField(Resident, on_delete=models.CASCADE, related_name="protection")
    staff: models.ManyToManyField = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="entrusted", verbose_name=_("Staff who may see this person")
    )
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"protection:{self.pk}"
