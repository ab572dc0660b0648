from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gatepass.centre.people.fields import EncryptedTextField
from gatepass.centre.sites.models import Community, Site


class Scope(models.TextChoices):
    """What a token may do. Which operations each one opens: `api.scopes`."""

    DECLARE = "declare", _("Health declaration")
    TRIPS = "trips", _("Trip declaration")
    QUERY = "query", _("Health query")
    APPLY = "apply", _("Code application")
    MAKE = "make", _("Code making")
    VERIFY = "verify", _("Code verifying")
    CORRECT = "correct", _("Correction of health information")
    SITES = "sites", _("Read sites")
    GATES = "gates", _("Read gates and how they are doing")
    ALARMS = "alarms", _("Read alarms of gates")
    STATISTICS = "statistics", _("Read people by the hour, small counts hidden")
    PASSAGES = "passages", _("Read passages, without any sign of who passed")
    RESIDENTS = "residents", _("Read residents; each look is on record")
    REGISTER = "register", _("Register residents")
    CODES = "codes", _("Read the colour of residents; each look is on record")
    APPLICATIONS = "applications", _("Read what became of applications")
    STAFF = "staff", _("Read companies and their people; each look is on record")
    ENTER_STAFF = "enter_staff", _("Enter people of companies")
    EVENTS = "events", _("Read what happened, as far as the other rights reach")
    WEBHOOKS = "webhooks", _("Manage its own webhooks, for what the other rights reach")


class Token(models.Model):
    """A program's right to call, for one place or the whole town. The token itself is shown once and never kept."""

    name = models.CharField(pgettext_lazy("of a thing", "Name"), max_length=60, unique=True)
    token_hash = models.BinaryField(max_length=32, unique=True)
    scopes = models.JSONField(_("May"), default=list)
    community = models.ForeignKey(Community, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    company = models.ForeignKey("employers.Company", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    """At most one of the three; none: the whole town."""
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField(_("Valid until"))
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(community=None, site=None)
                | models.Q(community=None, company=None)
                | models.Q(site=None, company=None),
                name="one_place_of_a_token_at_most",
            ),
        )

    def __str__(self) -> str:
        return f"token:{self.pk}"

    @property
    def place(self) -> Community | Site | models.Model | None:
        return self.community or self.site or self.company

    @property
    def called(self) -> str:
        """What the audit writes beside the number."""
        return str(self.name)


class Call(models.Model):
    """An answer that was given under an idempotency key: the same call again gets the same answer, for a day."""

    token = models.ForeignKey(Token, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    request_hash = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    body = EncryptedTextField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("token", "key"), name="one_answer_under_a_key"),)

    def __str__(self) -> str:
        return f"call:{self.pk}"
