from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gatepass.centre.sites.models import Site


class PolicyVersion(models.Model):
    """A policy as it was written at one time. After its approval it never changes."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Waits for approval")
        APPROVED = "approved", _("Approved")
        DROPPED = "dropped", _("Dropped")

    policy = models.SlugField(_("Policy"), max_length=40)
    """What the file calls itself, for example community-2020."""
    number = models.PositiveIntegerField(_("Version"))
    """Counts from 1 for each policy."""
    source = models.TextField()
    """The file, as it was written."""
    note = models.CharField(_("What changes"), max_length=200, blank=True)
    state = models.CharField(_("State"), max_length=10, choices=State.choices, default=State.DRAFT)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    author_name = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    approved_by_name = models.CharField(max_length=120, blank=True)
    approved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("policy", "-number")
        constraints = (models.UniqueConstraint(fields=("policy", "number"), name="one_version_of_a_number"),)

    def __str__(self) -> str:
        return f"{self.policy} {self.number}"


class Term(models.Model):
    """From when on a version rules, in the whole town or at one site. The newest that has begun rules."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, null=True, related_name="terms")
    """None, for a site only: from then on the site has no policy of its own any more."""
    site = models.ForeignKey(Site, on_delete=models.CASCADE, null=True, related_name="policy_terms")
    """None: wherever no site has a policy of its own."""
    effective_from = models.DateTimeField(_("Effective from"))
    ordered_at = models.DateTimeField()
    ordered_by_name = models.CharField(max_length=120, blank=True)
    begun_at = models.DateTimeField(null=True)
    """When the centre began to re-evaluate everybody by it."""
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-effective_from", "-id")
        indexes = (
            models.Index(
                fields=("effective_from",),
                condition=models.Q(begun_at__isnull=True, cancelled_at__isnull=True),
                name="terms_to_begin",
            ),
        )

    def __str__(self) -> str:
        return f"term:{self.pk}"


class Run(models.Model):
    """Everybody is evaluated: for a report only (dry run), or to set the colours."""

    class Kind(models.TextChoices):
        DRY = "dry", _("Dry run")
        COMPLETE = "complete", _("Re-evaluation")

    class State(models.TextChoices):
        QUEUED = "queued", _("Waits for its turn")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Failed")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    version = models.ForeignKey(PolicyVersion, on_delete=models.CASCADE, null=True, related_name="runs")
    """What is tried; None: whatever rules at each site."""
    site = models.ForeignKey(Site, on_delete=models.CASCADE, null=True, related_name="+")
    at = models.DateTimeField(null=True)
    """The moment for which a dry run evaluates; None: when it runs."""
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField()
    asked_by_name = models.CharField(max_length=120, blank=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    cancel_asked = models.BooleanField(default=False)
    report = models.JSONField(default=dict)
    """`policies.reports.Report` as JSON: transitions with their counts, examples by primary key, faults."""

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("state",), condition=models.Q(state__in=("queued", "running")), name="runs_under_way"),
        )

    def __str__(self) -> str:
        return f"run:{self.pk}"
