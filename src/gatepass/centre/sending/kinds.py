"""What the messages are about, in words. Other nouns add theirs here: a list that staff can read in one place."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

KINDS: Final[dict[str, Promise]] = {
    "one_time_code": _("One-time code"),
    "application_approved": _("Application approved"),
    "application_refused": _("Application refused"),
    "colour_changed": _("Colour changed"),
    "appeal_answered": _("Objection answered"),
    "privacy_answered": _("Request about own data answered"),
    "journey_acknowledged": _("Arrival acknowledged"),
    "question_answered": _("Question answered"),
    "survey": _("Survey: here or away"),
    "proof_refused": _("Paper not accepted"),
    "permit_ends": _("Work permit ends"),
    "month_overdue": _("Monthly confirmation overdue"),
    "staff_invitation": _("Invitation of staff"),
    "duty_taken": _("Duty taken over"),
    "duty_offered": _("Duty offered"),
    "visit_invited": _("Invitation of a visitor"),
    "visit_ended": _("Invitation taken back"),
    "visit_paused": _("Invitations suspended"),
    "visit_resumed": _("Invitations good again"),
    "visit_asked": _("Somebody at the gate"),
    "volunteer_answer": _("Answer to a volunteer"),
    "volunteer_asked": _("Task for a volunteer"),
    "notice": pgettext_lazy("a text for residents", "Notice"),
    "call": _("Call for an interpreter"),
    "alarm": _("Alarm"),
    "alarm_over": _("Alarm over"),
    "alarm_contact": _("Trial message for alarms"),
}
