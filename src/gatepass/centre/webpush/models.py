from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from gatepass.centre.applicants.models import Applicant, Visit
from gatepass.centre.people.fields import EncryptedTextField


class Subscription(models.Model):
    """One browser that wants to be told, of a resident or of staff. It ends with the visit in which it was made."""

    applicant = models.ForeignKey(Applicant, on_delete=models.CASCADE, null=True, related_name="pushes")
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, null=True, related_name="+")
    """Where the applicant is logged in: whoever logs that phone out, from wherever, silences it as well."""
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="pushes")
    endpoint = EncryptedTextField()
    """An address of a push service. Whoever knows it can knock, but not say anything."""
    endpoint_hash = models.BinaryField(max_length=32, unique=True)
    key = models.BinaryField(max_length=65)
    """P-256, uncompressed: the browser's."""
    secret = models.BinaryField(max_length=16)
    device = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    """When the push service last took a message for it."""

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(applicant__isnull=True) ^ Q(user__isnull=True), name="a_push_is_of_one_person"
            ),
        )

    def __str__(self) -> str:
        return f"push:{self.pk}"
