from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gatepass.centre.sites.models import Site


class Place(models.Model):
    """A building of a site, a unit (entrance) of a building, or a room (flat). Small buildings have no units.

    The tree is shallow, so that each row carries the names above it: `path` is `3幢 2单元 501`.
    """

    class Level(models.TextChoices):
        BUILDING = "building", _("Building")
        UNIT = "unit", _("Unit")
        ROOM = "room", _("Room")

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="places")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    level = models.CharField(_("Level"), max_length=8, choices=Level.choices)
    name = models.CharField(pgettext_lazy("of a thing", "Name"), max_length=40)
    path = models.CharField(max_length=130)
    order = models.CharField(max_length=200)
    """`path` with its numbers filled up, so that 2 comes before 10."""

    class Meta:
        ordering = ("site", "order", "id")
        indexes = (models.Index(fields=("site", "level", "order"), name="places_of_a_site"),)
        constraints = (
            models.UniqueConstraint(
                fields=("site", "name"),
                condition=models.Q(parent__isnull=True),
                name="one_building_of_a_name_at_a_site",
            ),
            models.UniqueConstraint(fields=("parent", "name"), name="one_place_of_a_name_in_another"),
        )

    def __str__(self) -> str:
        return self.path

    @property
    def subtree(self) -> models.QuerySet[Place]:
        """This place and everything in it."""
        # Each part by an index of its own; a join over the parents would read every place of the town.
        children = Place.objects.filter(parent=self.pk).order_by().values("pk")
        inside = models.Q(pk=self.pk) | models.Q(pk__in=children) | models.Q(parent__in=children)
        return Place.objects.filter(inside).order_by()
