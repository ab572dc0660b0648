from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gatepass.centre.notices.access import language_of
from gatepass.centre.notices.forms import MomentInput, TextForm, WhereForm
from gatepass.centre.questions.actions import MOST_WORDS
from gatepass.centre.questions.models import Question
from gatepass.centre.sites.choosing import SiteChoice
from gatepass.centre.sites.models import Gate, Site
from gatepass.centre.visitors.models import Invitation
from gatepass.centre.visitors.words import times_word
from gatepass.languages import Language
from gatepass.policy.asking import BRINGS, STANDINGS, WHO, Asked, Brings, Standing


def _words(texts: Mapping[str, Mapping[Language, str]], language: str) -> list[tuple[str, str]]:
    said = language_of(language)
    return [(code, words[said]) for code, words in texts.items()]


SUPPOSED: Final = "supposed"


class AskForm(forms.Form):
    words = forms.CharField(
        label=_("Your question"),
        max_length=MOST_WORDS,
        help_text=_("In your own language. Name nobody whom it does not need."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    site = SiteChoice(Site.objects.none(), label=_("About which place?"), empty_label=None)

    def __init__(self, sites: list[Site], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = Site.objects.filter(pk__in=[one.pk for one in sites])  # type: ignore[attr-defined]
        self.fields["site"].initial = sites[0].pk if sites else None
        if len(sites) == 1:
            self.fields["site"].widget = forms.HiddenInput()


class RuleForm(forms.Form):
    """Who, where, when, and what they show. Its answer is an address: it can be kept, shared and printed."""

    who = forms.ChoiceField(label=_("Who will come?"))
    gate = forms.ModelChoiceField(Gate.objects.none(), label=_("To which gate?"), empty_label=None)
    at = forms.DateTimeField(label=_("When?"), widget=MomentInput())
    standing = forms.ChoiceField(label=_("Their health code"))
    brings = forms.ChoiceField(label=_("What do they bring?"))
    invitation = forms.ChoiceField(label=_("An invitation of mine"), required=False)
    valid_until = forms.DateField(
        label=_("Until when is the document valid?"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Leave it empty if it is valid for long."),
    )

    def __init__(
        self, gates: Iterable[Gate], language: str, *args: Any, invitations: Iterable[Invitation] = (), **kwargs: Any
    ) -> None:
        """`invitations`: those of whoever asks that are not over."""
        super().__init__(*args, **kwargs)
        found = list(gates)
        self._invitations = {str(one.pk): one for one in invitations}
        self.fields["invitation"].choices = [  # type: ignore[attr-defined]
            ("", _("None")),
            *((pk, f"{one.name!s}: {times_word(one)}") for pk, one in self._invitations.items()),
            (SUPPOSED, _("One that I could write now")),
        ]
        several = len({gate.site_id for gate in found}) > 1
        gate = self.fields["gate"]
        assert isinstance(gate, forms.ModelChoiceField)
        gate.queryset = Gate.objects.filter(pk__in=[one.pk for one in found]).select_related("site")
        gate.choices = [
            (one.pk, f"{one.site.name} · {one.name}" if several else f"{one.name} ({one.get_direction_display()})")
            for one in found
        ]
        for name, texts in (("who", WHO), ("standing", STANDINGS), ("brings", BRINGS)):
            self.fields[name].choices = _words(texts, language)  # type: ignore[attr-defined]
        if not self.is_bound:
            self.initial = {
                "at": timezone.localtime(), "standing": Standing.NOT_SAID.value, "brings": Brings.CARD.value,
                **self.initial,
            }  # fmt: skip

    def asked(self) -> Asked:
        said = self.cleaned_data
        zone = said["gate"].site.zone
        at: datetime = said["at"]
        # What is typed is the wall clock of the gate, wherever the phone is.
        here = at.replace(tzinfo=None).replace(tzinfo=zone)
        invited = bool(said["invitation"])
        return Asked(Brings(said["brings"]), Standing(said["standing"]), here, said["valid_until"], invited)

    def named(self) -> Invitation | None:
        """The one that they have; None for none, and for one that is supposed."""
        return self._invitations.get(self.cleaned_data["invitation"])


class QuestionFilter(forms.Form):
    """Every field is in the address."""

    state = forms.ChoiceField(
        label=_("State"), required=False, choices=(("", _("Waiting")), ("mine", _("Mine")), *Question.State.choices)
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=(("", _("All languages")), *settings.LANGUAGES)
    )


class AnswerForm(forms.Form):
    words = forms.CharField(
        label=_("Answer to the person"),
        max_length=MOST_WORDS,
        required=False,
        help_text=_("In their language where you can. It may stay empty where an approved answer says everything."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    notice = forms.ChoiceField(label=_("An approved answer"), required=False, widget=forms.RadioSelect)

    def __init__(self, approved: list[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["notice"].choices = [("", _("none")), *((str(pk), title) for pk, title in approved)]  # type: ignore[attr-defined]
        if not approved:
            del self.fields["notice"]


class HandOverForm(forms.Form):
    to = forms.ChoiceField(label=_("Give it to"), required=False)
    note = forms.CharField(
        label=_("What they should know"),
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, colleagues: list[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("back to everybody at the desk")), *((str(pk), name) for pk, name in colleagues)]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]


class ApproveForm(WhereForm, TextForm):
    """The question and the answer as everybody may read them."""

    language = forms.ChoiceField(label=_("Written in"), choices=settings.LANGUAGES)
    field_order = ("language", "where", "title", "short", "body")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].label = _("The question, as anybody would ask it")
        self.fields["short"].label = _("The answer in one sentence")
        self.fields["short"].help_text = ""
        self.fields["body"].label = _("The whole answer")
        self.fields["body"].widget = forms.Textarea(attrs={"rows": 8})
