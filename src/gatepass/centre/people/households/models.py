from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from gatepass.centre.people.addresses.models import Place
from gatepass.centre.people.models import Resident
from gatepass.centre.sites.models import Site


class Household(models.Model):
    """People who live together. Two households may share a room; one may have no room of the list."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="households")
    label = models.CharField(_("Household"), max_length=60)
    """How the office calls it, usually building, entrance and flat."""
    room = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, blank=True, related_name="households")

    class Meta:
        ordering = ("label", "id")
        constraints = (models.UniqueConstraint(fields=("site", "label"), name="one_household_of_a_label_at_a_site"),)
        indexes = (models.Index(fields=("label", "id"), name="households_by_label"),)

    def __str__(self) -> str:
        return self.label


class Membership(models.Model):
    """Somebody's time in a household. Ended ones stay: who lived together matters afterwards."""

    class Relation(models.TextChoices):
        """To the head of the household; the head is one of them (after GB/T 4761, in few groups)."""

        HEAD = "head", _("Head of the household")
        SPOUSE = "spouse", _("Husband or wife")
        CHILD = "child", _("Son or daughter")
        CHILD_IN_LAW = "child_in_law", _("Son-in-law or daughter-in-law")
        GRANDCHILD = "grandchild", _("Grandchild")
        PARENT = "parent", _("Father, mother or parent-in-law")
        GRANDPARENT = "grandparent", _("Grandparent")
        SIBLING = "sibling", _("Brother or sister")
        RELATIVE = "relative", _("Other relative")
        CARER = "carer", _("Carer or domestic help")
        LODGER = "lodger", _("Tenant or flatmate")
        OTHER = "other", _("Not stated")

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="memberships", db_index=False)
    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    relation = models.CharField(_("Relation"), max_length=12, choices=Relation.choices, default=Relation.OTHER)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-until", "id")
        # Who lives with whom, and who alone, is answered from these without a look at a row: a list of those who live
        # alone asks it of one resident after the other.
        indexes = (
            models.Index(fields=("household", "until", "resident"), name="members_of_a_household"),
            models.Index(fields=("resident", "until", "household"), name="households_of_a_resident"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("resident",), condition=models.Q(until__isnull=True), name="one_household_at_a_time"
            ),
            models.UniqueConstraint(
                fields=("household",),
                condition=models.Q(until__isnull=True, relation="head"),
                name="one_head_of_a_household",
            ),
        )

    def __str__(self) -> str:
        return f"membership:{self.pk}"
