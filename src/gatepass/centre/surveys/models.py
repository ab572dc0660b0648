from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gatepass.centre.employers.models import Colleague, Company
from gatepass.centre.people.fields import EncryptedTextField
from gatepass.centre.people.models import Resident
from gatepass.centre.sites.models import Community


class Survey(models.Model):
    """One round of asking, of a community or of a company, until a day."""

    community = models.ForeignKey(Community, on_delete=models.PROTECT, null=True, related_name="surveys")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, null=True, related_name="surveys")
    due_on = models.DateField(_("Answers until"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(community__isnull=True, company__isnull=False)
                | Q(community__isnull=False, company__isnull=True),
                name="a_survey_asks_a_community_or_a_company",
            ),
        )

    def __str__(self) -> str:
        return f"survey:{self.pk}"

    @property
    def whom(self) -> str:
        return str(self.company or self.community)


class Reply(models.Model):
    """One person who is asked, and what was answered; empty until then."""

    class State(models.TextChoices):
        HERE = "here", pgettext_lazy("a resident", "Here")
        AWAY = "away", _("Away, and returns")
        GONE = "gone", _("Away for good")

    class Manner(models.TextChoices):
        PHONE = "phone", _("On the phone")
        DESK = "desk", _("At the desk or by telephone")
        EMPLOYER = "employer", _("By the employer")

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="replies")
    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, null=True, related_name="survey_replies")
    colleague = models.ForeignKey(Colleague, on_delete=models.CASCADE, null=True, related_name="survey_replies")
    state = models.CharField(_("Where"), max_length=4, choices=State.choices, blank=True)
    place = EncryptedTextField(null=True)
    returns_on = models.DateField(_("Returns on"), null=True)
    answered_at = models.DateTimeField(null=True)
    manner = models.CharField(max_length=8, choices=Manner.choices, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    reminders = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("survey", "resident"), name="a_resident_is_asked_once"),
            models.UniqueConstraint(fields=("survey", "colleague"), name="a_colleague_is_asked_once"),
        )

    def __str__(self) -> str:
        return f"reply:{self.pk}"

    @property
    def name(self) -> str:
        whose = self.resident or self.colleague
        return whose.full_name if whose else ""
