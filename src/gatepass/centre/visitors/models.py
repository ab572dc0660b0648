from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gatepass.centre.applicants.models import Applicant
from gatepass.centre.people.fields import EncryptedTextField
from gatepass.centre.people.models import Resident
from gatepass.centre.sites.models import Gate, Site


class Kind(models.TextChoices):
    """As `policy.VisitKind`."""

    GUEST = "guest", pgettext_lazy("kind of an invitation", "Once")
    HELPER = "helper", pgettext_lazy("kind of an invitation", "Again and again, on the same days of the week")
    DELIVERY = "delivery", pgettext_lazy("kind of an invitation", "A delivery, handed over at the desk")


class Purpose(models.TextChoices):
    FAMILY = "family", pgettext_lazy("purpose of a visit", "Family or friends")
    CLEANING = "cleaning", pgettext_lazy("purpose of a visit", "Cleaning or household help")
    CARE = "care", pgettext_lazy("purpose of a visit", "Care of a person")
    REPAIR = "repair", pgettext_lazy("purpose of a visit", "Repair or installation")
    DELIVERY = "delivery", pgettext_lazy("purpose of a visit", "Delivery")
    OTHER = "other", pgettext_lazy("purpose of a visit", "Something else")


class Invitation(models.Model):
    """A host expects somebody. open <-> paused (the host may receive nobody); either -> ended, for good."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("of an invitation", "Good")
        PAUSED = "paused", pgettext_lazy("of an invitation", "Suspended")
        ENDED = "ended", pgettext_lazy("of an invitation", "Taken back")

    host = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="visitor_invitations")
    applicant = models.ForeignKey(Applicant, on_delete=models.SET_NULL, null=True, related_name="+")
    """Who invited on a phone: the host, or somebody with a mandate."""
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    """Or the member of staff who did it for the host."""
    name = EncryptedTextField()
    contact = EncryptedTextField(null=True)
    """E.164 or a mailbox; empty: the host passes the link on."""
    language = models.CharField(_("Language"), max_length=10, choices=settings.LANGUAGES)
    kind = models.CharField(_("How often they come"), max_length=10, choices=Kind.choices)
    purpose = models.CharField(_("Purpose of the visit"), max_length=10, choices=Purpose.choices)
    gate = models.ForeignKey(Gate, on_delete=models.SET_NULL, null=True, related_name="+")
    """Empty: every gate of the host's site."""
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    weekdays = models.JSONField(default=list)
    """Monday is 0; empty: every day."""
    starts = models.TimeField(null=True)
    stops = models.TimeField(null=True)
    """Of each day, by the site's clock; empty: the whole day."""
    serial = models.BinaryField(max_length=8, unique=True)
    host_key = models.BinaryField(max_length=16)
    """The host's person key as it is signed."""
    token = EncryptedTextField()
    """The secret in the address of the visitor's page."""
    token_hash = models.BinaryField(max_length=16, unique=True)
    issued_at = models.DateTimeField()
    state = models.CharField(_("State"), max_length=6, choices=State.choices, default=State.OPEN)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-issued_at", "-id")
        indexes = (
            models.Index(fields=("host", "state", "ends_at"), name="invitations_of_a_host"),
            models.Index(fields=("-issued_at", "-id"), name="invitations_in_order"),
        )

    def __str__(self) -> str:
        return f"invitation:{self.pk}"


class Visit(models.Model):
    """Somebody came, with an invitation or without one.

    asked -> inside | refused; inside -> left. A delivery is handed over, and is over with that.
    """

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("of a visit", "Waits at the gate")
        INSIDE = "inside", pgettext_lazy("of a visit", "Inside")
        LEFT = "left", pgettext_lazy("of a visit", "Has left")
        REFUSED = "refused", pgettext_lazy("of a visit", "Not let in")
        HANDED_OVER = "handed_over", pgettext_lazy("of a visit", "Handed over at the desk")

    class Answer(models.TextChoices):
        NONE = "", "–"
        YES = "yes", pgettext_lazy("word of a host", "Expected")
        NO = "no", pgettext_lazy("word of a host", "Not expected")

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, null=True, related_name="visits")
    host = models.ForeignKey(Resident, on_delete=models.CASCADE, null=True, related_name="received_visits")
    """Empty: the guard's words led to nobody, or to several."""
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    gate = models.ForeignKey(Gate, on_delete=models.SET_NULL, null=True, related_name="+")
    ident = models.BinaryField(max_length=16, null=True, unique=True)
    """Of a visit without an invitation, as the gate made it."""
    name = EncryptedTextField()
    whom = EncryptedTextField()
    """To whom, in the words of the invitation or of the guard."""
    document = EncryptedTextField(null=True)
    phone = EncryptedTextField(null=True)
    purpose = models.CharField(_("Purpose of the visit"), max_length=20, choices=Purpose.choices)
    temperature = models.DecimalField(_("Temperature"), max_digits=3, decimal_places=1, null=True)
    symptoms = models.BooleanField(null=True)
    was_away = models.BooleanField(null=True)
    person_key = models.BinaryField(max_length=16, null=True)
    """The visitor's own, where they showed a document or a code."""
    state = models.CharField(_("State"), max_length=11, choices=State.choices)
    answer = models.CharField(_("Host"), max_length=3, choices=Answer.choices, default="", blank=True)
    """What the host said: on their page, or by telephone to the guard."""
    reason = models.CharField(max_length=40, blank=True)
    """A code of the gate: why somebody was not let in, or what the guard said."""
    at = models.DateTimeField()
    """When it began here; whatever else is not known."""
    came_at = models.DateTimeField(_("Came"), null=True)
    left_at = models.DateTimeField(_("Left"), null=True)
    leaves_by = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-at", "-id")
        indexes = (
            models.Index(fields=("state", "leaves_by"), name="visits_by_state"),
            models.Index(fields=("state", "-at", "-id"), name="visits_of_a_state"),
            models.Index(fields=("-at", "-id"), name="visits_in_order"),
            models.Index(fields=("site", "at"), name="visits_of_a_site"),
        )

    def __str__(self) -> str:
        return f"received_visit:{self.pk}"


class GateEvent(models.Model):
    """What a gate told: its id is kept, so that whatever is told again counts once."""

    ident = models.BinaryField(max_length=16, unique=True)
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, null=True, related_name="events")
    gate = models.ForeignKey(Gate, on_delete=models.SET_NULL, null=True, related_name="+")
    what = models.CharField(max_length=20)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"gate-event:{self.pk}"


class PausesChanged(models.Model):
    """The outbox: the gates must hear anew whose invitations are suspended."""

    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"pauses-changed:{self.pk}"
