from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gatepass.centre.people.fields import EncryptedBytesField
from gatepass.centre.people.models import Resident


class PhotoConsent(models.Model):
    """That a photo may be kept: who said so, how, when; and when it was taken back."""

    class Manner(models.TextChoices):
        SIGNED = "signed", _("Signed on paper")
        SPOKEN = "spoken", _("Said at the desk")
        PHONE = "phone", _("Said on the telephone")
        ONLINE = "online", _("Given online")

    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="photo_consents")
    given_on = models.DateField(_("Given on"))
    manner = models.CharField(_("How"), max_length=10, choices=Manner.choices)
    given_by = models.CharField(_("Given by"), max_length=60, blank=True)
    """Who consented where it was not the resident: a parent, a guardian."""
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("resident",), condition=models.Q(withdrawn_at__isnull=True), name="one_photo_consent_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"photo_consent:{self.pk}"


class Photo(models.Model):
    """The picture itself, a small JPEG, sealed. There is none without a standing consent."""

    resident = models.OneToOneField(Resident, on_delete=models.CASCADE, related_name="photo")
    jpeg = EncryptedBytesField()
    taken_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"photo:{self.pk}"
