from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gatepass.centre.applicants.models import Applicant
from gatepass.centre.people.models import Resident


class Relation(models.TextChoices):
    """Who acts, seen from the person."""

    SELF = "self", _("The person")
    CHILD = "child", _("Daughter or son")
    PARENT = "parent", _("Mother or father")
    PARTNER = "partner", _("Wife, husband or partner")
    FAMILY = "family", _("Another relative")
    GUARDIAN = "guardian", _("Legal guardian")
    CARER = "carer", _("Carer, neighbour or friend")
    SOCIAL_WORKER = "social_worker", _("Social worker")


class Consent(models.TextChoices):
    """How the person agreed. Without one of these nobody acts for anybody."""

    OWN = "own", _("The person acts in person")
    TOLD_APPLICANT = "told_applicant", _("The person told the relative, who declares it")
    TOLD_STAFF = "told_staff", _("The person told a member of staff")
    ON_PAPER = "on_paper", _("The person signed a paper, which the office keeps")
    OWN_PHONE = "own_phone", _("The person invited the relative on the own phone")
    BY_LAW = "by_law", _("Not needed by law: a minor, or under guardianship")


class Mandate(models.Model):
    """One acts for one. Either an applicant with a phone, or a member of staff."""

    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="mandates")
    applicant = models.ForeignKey(Applicant, on_delete=models.CASCADE, null=True, blank=True, related_name="mandates")
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="mandates"
    )
    relation = models.CharField(_("Relation"), max_length=14, choices=Relation.choices)
    consent = models.CharField(_("Consent"), max_length=14, choices=Consent.choices)
    consented_at = models.DateTimeField(_("Agreed on"))
    valid_until = models.DateTimeField(_("Valid until"), null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=120, blank=True)
    """The staff member's name at that time; empty where the person or the relative did it alone."""
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(applicant__isnull=False, staff__isnull=True)
                | models.Q(applicant__isnull=True, staff__isnull=False),
                name="a_mandate_has_one_holder",
            ),
            models.UniqueConstraint(
                fields=("resident", "applicant"),
                condition=models.Q(ended_at__isnull=True, applicant__isnull=False),
                name="one_mandate_of_an_applicant_for_a_resident",
            ),
            models.UniqueConstraint(
                fields=("resident", "staff"),
                condition=models.Q(ended_at__isnull=True, staff__isnull=False),
                name="one_mandate_of_staff_for_a_resident",
            ),
        )

    def __str__(self) -> str:
        return f"mandate:{self.pk}"


class Invitation(models.Model):
    """A link by which somebody is asked to act for a resident; it is good once."""

    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="invitations")
    token_hash = models.BinaryField(max_length=32, unique=True)
    relation = models.CharField(max_length=14, choices=Relation.choices)
    consent = models.CharField(max_length=14, choices=Consent.choices)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    made_by = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return f"invitation:{self.pk}"
