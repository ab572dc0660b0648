from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gatepass.centre.accounts.models import User
from gatepass.centre.sites.access import access_communities, access_gates, access_sites
from gatepass.centre.sites.ailments import is_well
from gatepass.centre.sites.choosing import SiteChoice
from gatepass.centre.sites.models import Community, Gate, Site
from gatepass.policy import FaceRule, Outcome, SiteRules

_NAME = pgettext_lazy("of a thing", "Name")
PASS = (Outcome.PASS.value, _("Pass"))
HOLD = (Outcome.HOLD.value, _("Hold: the guard looks"))
REFUSE = (Outcome.REFUSE.value, _("Refuse"))


class CommunityForm(forms.Form):
    name = forms.CharField(label=_NAME, max_length=80)


class SiteForm(forms.Form):
    community: forms.ModelChoiceField = forms.ModelChoiceField(None, label=_("Community"))
    name = forms.CharField(
        label=_NAME,
        max_length=80,
        help_text=_("It is shown on the screens of its gates."),
    )
    kind = forms.ChoiceField(label=_("Kind of site"), choices=Site.Kind.choices)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=40,
        required=False,
        help_text=_("Only where it is not the town's own, such as Asia/Seoul. Days are counted from midnight there."),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["community"].queryset = access_communities(user, "site_create")  # type: ignore[attr-defined]


class GateForm(forms.Form):
    site: forms.ModelChoiceField = SiteChoice(None, label=_("Site"))
    name = forms.CharField(
        label=_NAME,
        max_length=40,
        help_text=_("As people call it, for example East gate."),
    )
    direction = forms.ChoiceField(label=_("Direction"), choices=Gate.Direction.choices)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = access_sites(user, "gate_create")  # type: ignore[attr-defined]


class SiteChangeForm(SiteForm):
    """A site stays in its community: grants and passages hang on it."""

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        del self.fields["community"]


class GateChangeForm(GateForm):
    """A gate stays at its site: enrol the terminal anew where it is carried elsewhere."""

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        del self.fields["site"]


class GateFilter(forms.Form):
    """Every field is in the address: a filtered list survives a reload."""

    words = forms.CharField(label=_("Gate, site or community"), required=False, max_length=80)
    community: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Community"), required=False, empty_label=_("All communities")
    )
    kind = forms.ChoiceField(label=_("Kind of site"), required=False)
    look = forms.ChoiceField(
        label=_("Condition"),
        required=False,
        choices=(("", _("Every condition")), ("look", _("Needs a look")), ("reader", _("A reader is missing or ill")),
                 ("well", _("All is well"))),
    )  # fmt: skip

    def __init__(self, user: User, page: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._gates = access_gates(user, page)
        communities = Community.objects.filter(pk__in=access_sites(user, page).order_by().values("community"))
        self.fields["community"].queryset = communities  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", _("All kinds of sites")), *Site.Kind.choices]  # type: ignore[attr-defined]

    def gates(self, now: datetime) -> QuerySet[Gate]:
        """Annotated with `well`; none while the form has errors."""
        found = self._gates.annotate(well=is_well(now))
        if not self.is_valid():
            return found.none()
        facts = self.cleaned_data
        if words := facts["words"].strip():
            named = Q(name__icontains=words) | Q(site__name__icontains=words)
            found = found.filter(named | Q(site__community__name__icontains=words))
        if facts["community"]:
            found = found.filter(site__community=facts["community"])
        if facts["kind"]:
            found = found.filter(site__kind=facts["kind"])
        if facts["look"] == "reader":
            return found.filter(devices__revoked_at=None, devices__health__reader_trouble=True)
        return found.filter(well=facts["look"] == "well") if facts["look"] else found

    @property
    def narrows(self) -> bool:
        return not self.is_valid() or any(self.cleaned_data.values())


class PlaceForm(forms.Form):
    """Both empty: off the plan."""

    x = forms.FloatField(label=_("From the left (0 to 100)"), required=False, min_value=0, max_value=100)
    y = forms.FloatField(label=_("From the top (0 to 100)"), required=False, min_value=0, max_value=100)


class RulesForm(forms.Form):
    """One field for each rule of `policy.SiteRules`, with the answers that make sense for it."""

    yellow = forms.ChoiceField(label=_("A yellow code"), choices=(PASS, HOLD, REFUSE))
    red = forms.ChoiceField(label=_("A red code"), choices=(HOLD, REFUSE))
    unknown = forms.ChoiceField(label=_("Somebody who is not registered"), choices=(HOLD, REFUSE))
    unproven = forms.ChoiceField(
        label=_("A document that no machine has found genuine"),
        choices=(PASS, HOLD),
        help_text=_("Only its printed page was read, or a chip whose signer this gate does not know."),
    )
    uid_cards = forms.ChoiceField(
        label=_("An enrolled card, known by its chip's number"),
        choices=(HOLD, PASS),
        help_text=_("Such a number can be copied: it finds a person and proves nothing. Colours count all the same."),
    )
    faces = forms.ChoiceField(
        label=_("The face, compared with the document's portrait"),
        choices=(
            (FaceRule.OFF.value, _("is not compared")),
            (FaceRule.WHERE_POSSIBLE.value, _("where document and gate can do it")),
            (FaceRule.ALWAYS.value, _("always; else a guard compares")),
        ),
        help_text=_(
            "On the gate alone, and never kept. Whoever prefers it is compared by a guard. Tell people before you "
            "switch it on, and read the page on faces."
        ),
    )
    notice_after_hours = forms.FloatField(
        label=_("Show the age of knowledge after (hours)"),
        min_value=0.1,
        max_value=720,
        help_text=_(
            "Without network the gate goes on deciding; from this age on the screen says how old its knowledge is."
        ),
    )
    hold_after_hours = forms.FloatField(
        label=_("Let nobody pass by itself after (hours)"),
        min_value=0.1,
        max_value=720,
        help_text=_("Knowledge older than this passes nobody without a guard's look."),
    )

    def rules(self) -> SiteRules:
        facts = self.cleaned_data
        return SiteRules(
            yellow=Outcome(facts["yellow"]),
            red=Outcome(facts["red"]),
            unknown=Outcome(facts["unknown"]),
            unproven=Outcome(facts["unproven"]),
            uid_cards=Outcome(facts["uid_cards"]),
            faces=FaceRule(facts["faces"]),
            notice_after_hours=facts["notice_after_hours"],
            hold_after_hours=facts["hold_after_hours"],
        )

    def in_words(self) -> list[tuple[forms.BoundField, str]]:
        """Each rule with its answer, for those who may only read them."""
        answers = []
        for field in self:
            choices = {str(value): str(word) for value, word in getattr(field.field, "choices", ())}
            answers.append((field, choices.get(str(field.initial), str(field.initial))))
        return answers
