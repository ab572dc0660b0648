from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gatepass.centre.applicants.models import Applicant
from gatepass.centre.people.models import Resident


class Paper(models.Model):
    """A printed code. It shows no colour, so it outlives every change of colour; a new one voids the old."""

    class Voided(models.TextChoices):
        REPLACED = "replaced", _("Replaced by a new one")
        LOST = "lost", _("Reported lost")
        ENDED = "ended", _("No longer entitled")

    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="papers")
    serial = models.BinaryField(max_length=8, unique=True)
    person_key = models.BinaryField(max_length=16)
    """Of the document for which it stands."""
    issued_at = models.DateTimeField(_("Made"))
    expires_at = models.DateTimeField(_("Valid until"))
    issued_by = models.CharField(max_length=120, blank=True)
    """The staff member's name at that time; empty where the person or a relative made it."""
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_for = models.CharField(_("Why"), max_length=8, choices=Voided.choices, blank=True)

    class Meta:
        ordering = ("-issued_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("resident",), condition=models.Q(voided_at__isnull=True), name="one_paper_of_a_resident"
            ),
        )

    def __str__(self) -> str:
        return f"paper:{self.pk}"


class Grant(models.Model):
    """A phone's right to make codes for one resident until `expires_at`, without the network."""

    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="phone_grants")
    applicant = models.ForeignKey(Applicant, on_delete=models.CASCADE, related_name="phone_grants")
    serial = models.BinaryField(max_length=8, unique=True)
    phone_key = models.BinaryField(max_length=65)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-issued_at", "-id")
        indexes = (models.Index(fields=("resident", "applicant"), name="grants_of_a_phone"),)

    def __str__(self) -> str:
        return f"grant:{self.pk}"


class Revocation(models.Model):
    """The outbox: this serial must become void at every gate. Written in the verb's own transaction."""

    serial = models.BinaryField(max_length=8)
    queued_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"revocation:{self.pk}"
