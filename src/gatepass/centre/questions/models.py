from __future__ import annotations

import secrets
from typing import Final

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gatepass.centre.applicants.models import Applicant
from gatepass.centre.notices.models import Notice
from gatepass.centre.people.fields import EncryptedTextField
from gatepass.centre.people.models import Resident
from gatepass.centre.sites.models import Gate, Site

_LETTERS: Final = "23456789abcdefghjkmnpqrstvwxyz"
_PERSON = settings.AUTH_USER_MODEL


def new_code() -> str:
    """14 letters, 68 bits: the answer to a question from a gate is found by nobody who was not shown its address."""
    return "".join(secrets.choice(_LETTERS) for _ in range(14))


class Question(models.Model):
    """One question in somebody's own words, until it is answered."""

    class State(models.TextChoices):
        OPEN = "open", _("Nobody has taken it yet")
        CLAIMED = "claimed", _("Somebody is working on it")
        ANSWERED = "answered", _("Answered")
        WITHDRAWN = "withdrawn", _("Withdrawn by the person")
        CLOSED = "closed", _("Closed without an answer")

    class Source(models.TextChoices):
        PHONE = "phone", _("From the phone")
        GATE = "gate", _("At a gate")

    code = models.CharField(max_length=14, unique=True, default=new_code, editable=False)
    """The address under which the answer to a question from a gate is read: /q/CODE/."""
    applicant = models.ForeignKey(Applicant, on_delete=models.SET_NULL, null=True, related_name="questions")
    """Empty: asked at a gate, where nobody says who they are."""
    resident = models.ForeignKey(Resident, on_delete=models.SET_NULL, null=True, related_name="questions")
    """Whoever asks, or for whom they act."""
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="questions")
    """Whose desk answers."""
    gate = models.ForeignKey(Gate, on_delete=models.PROTECT, null=True, related_name="questions")
    key = models.CharField(max_length=40)
    """Of the form: a phone that sends twice asks once."""
    source = models.CharField(_("Asked"), max_length=5, choices=Source.choices)
    language = models.CharField(_("Language"), max_length=10, choices=settings.LANGUAGES)
    words = EncryptedTextField()
    foretold = EncryptedTextField(null=True)
    """JSON of what the gate's rule had answered when the person went on to ask: `foretelling.Kept`."""
    state = models.CharField(_("State"), max_length=9, choices=State.choices, default=State.OPEN)
    asked_at = models.DateTimeField(_("Asked at"))
    looks_at = models.DateTimeField(null=True)
    """When, by the roster, somebody of the desk looks; told to the person. Empty: the roster names nobody."""
    due_at = models.DateTimeField(_("Answer due"))
    claimed_by = models.ForeignKey(_PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    claimed_at = models.DateTimeField(null=True)
    answer = EncryptedTextField(null=True)
    """In the desk's words; empty where an approved answer was given."""
    notice = models.ForeignKey(Notice, on_delete=models.SET_NULL, null=True, related_name="questions")
    """The approved answer that was given, or that this one has become."""
    answered_by = models.ForeignKey(_PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    """Or when it was withdrawn or closed."""

    class Meta:
        ordering = ("due_at", "id")
        indexes = (
            models.Index(fields=("state", "due_at"), name="questions_to_answer"),
            models.Index(fields=("state", "-id"), name="questions_in_order"),
            models.Index(fields=("applicant", "-id"), name="questions_of_an_applicant"),
        )
        constraints = (
            models.UniqueConstraint(fields=("applicant", "key"), name="asked_once_by_an_applicant"),
            models.UniqueConstraint(fields=("gate", "key"), name="asked_once_at_a_gate"),
            models.CheckConstraint(
                condition=models.Q(gate__isnull=True) | models.Q(applicant__isnull=True), name="at_a_gate_or_by_phone"
            ),
        )

    def __str__(self) -> str:
        return f"question:{self.pk}"

    @property
    def is_waiting(self) -> bool:
        return self.state in {self.State.OPEN, self.State.CLAIMED}


class Move(models.Model):
    """Who took a question, gave it on, or put it back; added, never changed."""

    class What(models.TextChoices):
        CLAIM = "claim", _("took it")
        HAND_OVER = "hand_over", _("gave it on")
        PUT_BACK = "put_back", _("put it back")

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="moves")
    at = models.DateTimeField()
    by = models.ForeignKey(_PERSON, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=9, choices=What.choices)
    to = models.ForeignKey(_PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    note = EncryptedTextField(null=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"question-move:{self.pk}"
