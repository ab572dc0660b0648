"""The office's side of acting for others: who acts for a resident, an invitation on paper, the paper code."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gatepass.centre.accounts.access import asking
from gatepass.centre.codes.papers import PaperError, Size
from gatepass.centre.errors import RefusedError
from gatepass.centre.mandates.access import access_mandates
from gatepass.centre.mandates.actions import end_mandate, invite
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.papers.actions import issue_paper, report_loss
from gatepass.centre.papers.printing import printed
from gatepass.centre.people.access import access_resident
from gatepass.centre.pictures import qr


class InviteForm(forms.Form):
    relation = forms.ChoiceField(
        label=gettext_lazy("Who shall act"),
        choices=[pair for pair in Relation.choices if pair[0] != Relation.SOCIAL_WORKER],
        help_text=gettext_lazy("“The person” gives residents with a phone of their own access to their own code."),
    )
    consent = forms.ChoiceField(
        label=gettext_lazy("The person agrees"),
        choices=[
            (Consent.TOLD_STAFF, gettext_lazy("They stand here and said so")),
            (Consent.ON_PAPER, gettext_lazy("They signed a paper, which the office keeps")),
            (Consent.BY_LAW, gettext_lazy("Not needed by law: a minor, or under guardianship")),
        ],
        widget=forms.RadioSelect,
    )


@never_cache
@require_http_methods(["GET", "POST"])
def resident_acting(request: HttpRequest, resident: int) -> HttpResponse:
    user = asking(request)
    person = access_resident(user, resident, "resident_acting")
    form = InviteForm(request.POST or None)
    context = {
        "person": person,
        "form": form,
        "mandates": access_mandates(user, person).order_by("ended_at", "id"),
        "papers": person.papers.all()[:10],
        "in_use": person.papers.filter(voided_at=None, expires_at__gt=timezone.now()).exists(),
        "has_code": hasattr(person, "code"),
        "now": timezone.now(),
    }
    if request.method == "POST" and form.is_valid():
        relation = Relation(form.cleaned_data["relation"])
        consent = Consent.OWN if relation == Relation.SELF else Consent(form.cleaned_data["consent"])
        token = invite(user, person, relation, consent)
        link = f"{settings.CONFIGURATION.address}{reverse('my_invitation', args=[token])}"
        return render(request, "mandates/invitation.html", {**context, "link": link, "picture": qr(link)})
    return render(request, "mandates/acting.html", context)


@require_POST
def mandate_end(request: HttpRequest, resident: int, mandate: int) -> HttpResponse:
    user = asking(request)
    person = access_resident(user, resident, "mandate_end")
    end_mandate(user, get_object_or_404(access_mandates(user, person), pk=mandate))
    messages.success(request, _("The mandate has ended; the phone makes no more codes."))
    return redirect("resident_acting", person.pk)


@require_POST
def paper_print(request: HttpRequest, resident: int) -> HttpResponse:
    """The paper that is in use, or a new one; in the language of the person, whoever sits at the desk."""
    user = asking(request)
    person = access_resident(user, resident, "paper_print")
    paper = person.papers.filter(voided_at=None, expires_at__gt=timezone.now()).first()
    size = Size.A4 if request.POST.get("size") == Size.A4.value else Size.CARD
    try:
        with translation.override(person.language):
            return printed(paper or issue_paper(user, person), size, masked=False)
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    except PaperError as error:
        messages.error(request, error.sentence)
    return redirect("resident_acting", person.pk)


@require_POST
def paper_lost(request: HttpRequest, resident: int) -> HttpResponse:
    user = asking(request)
    person = access_resident(user, resident, "paper_lost")
    try:
        voided = report_loss(user, person)
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    else:
        said = _("The paper code is void at every gate within seconds.") if voided else _("There was no paper code.")
        messages.success(request, said)
    return redirect("resident_acting", person.pk)
