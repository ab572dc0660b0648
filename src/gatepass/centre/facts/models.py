from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gatepass.centre.people.models import Resident
from gatepass.policy.colours.facts import FactKind


class Fact(models.Model):
    """Something known of a resident that a colour may depend on; `policy.colours.facts` says what `data` holds.

    A fact is never overwritten: it is ended, or withdrawn, and another one recorded. So every colour of the past can be
    explained.
    """

    KIND = (
        (FactKind.DECLARATION, _("Health declaration")),
        (FactKind.TEMPERATURE, _("Temperature")),
        (FactKind.STAY, _("Stay")),
        (FactKind.ARRIVAL, _("Arrival from abroad")),
        (FactKind.CONTACT, _("Contact with a case")),
        (FactKind.TEST, _("Test")),
        (FactKind.VACCINATION, _("Vaccination")),
        (FactKind.CASE, _("Diagnosis")),
        (FactKind.QUARANTINE, _("Quarantine")),
        (FactKind.ROLE, _("Role at the site")),
        (FactKind.EXEMPTION, _("Exemption")),
    )

    class Source(models.TextChoices):
        """Who says so."""

        SELF = "self", _("The person")
        HELPER = "helper", _("Somebody who acts for the person")
        STAFF = "staff", pgettext_lazy("at a site", "Staff")
        LABORATORY = "laboratory", _("Laboratory or hospital")
        GATE = "gate", _("Gate")
        IMPORT = "import", _("List")
        SYSTEM = "system", _("Another system")

    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="facts")
    kind = models.CharField(_("Fact"), max_length=12, choices=KIND)
    at = models.DateTimeField(_("From"))
    until = models.DateTimeField(_("Until"), null=True, blank=True)
    data = models.JSONField(default=dict)
    source = models.CharField(_("Source"), max_length=10, choices=Source.choices)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("-at", "-id")
        indexes = (
            models.Index(
                fields=("resident",), condition=models.Q(withdrawn_at__isnull=True), name="facts_of_a_resident"
            ),
        )

    def __str__(self) -> str:
        # Neither whose nor what: this text reaches logs.
        return f"fact:{self.pk}"


class Standing(models.Model):
    """When the facts about a resident last changed, and whether the colour has yet to follow.

    Written in the transaction of whatever changed. A long re-evaluation looks here before it writes: what it found out
    from facts that have changed meanwhile counts no more.
    """

    resident = models.OneToOneField(Resident, on_delete=models.CASCADE, primary_key=True, related_name="+")
    changed_at = models.DateTimeField()
    waiting = models.BooleanField(default=True)

    class Meta:
        indexes = (models.Index(fields=("changed_at",), condition=models.Q(waiting=True), name="residents_waiting"),)

    def __str__(self) -> str:
        return f"standing:{self.pk}"
