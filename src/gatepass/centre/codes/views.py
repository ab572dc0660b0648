from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gatepass.centre.accounts.access import asking
from gatepass.centre.codes.actions import set_colour
from gatepass.centre.codes.forms import ColourForm
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.access import access_resident
from gatepass.policy import Advice, Colour


@never_cache
@require_http_methods(["GET", "POST"])
def resident_colour(request: HttpRequest, resident: int) -> HttpResponse:
    """Two steps: fill in, then read it once more and confirm."""
    user = asking(request)
    person = access_resident(user, resident, "resident_colour")
    code = getattr(person, "code", None)
    initial = code and {name: getattr(code, name) for name in ("colour", "reason", "advice", "valid_until")}
    form = ColourForm(request.POST or None, initial=initial)
    confirming = False
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        if request.POST.get("step") != "confirmed":
            confirming = request.POST.get("step") != "back"
        else:
            try:
                set_colour(
                    user,
                    person,
                    Colour(facts["colour"]),
                    reason=facts["reason"],
                    advice=Advice(facts["advice"]),
                    valid_until=facts["valid_until"],
                )
            except RefusedError as refused:
                form.add_error("valid_until", refused.sentence)
            else:
                messages.success(request, _("The colour is changed. Every connected gate has it within seconds."))
                return redirect("resident", person.pk)
    chosen = {name: _word(form, name) for name in ("colour", "reason", "advice")} if confirming else {}
    context = {"person": person, "code": code, "form": form, "confirming": confirming, "chosen": chosen}
    return render(request, "codes/colour.html", context)


def _word(form: ColourForm, name: str) -> str:
    return str(dict(form.fields[name].choices)[form.cleaned_data[name]])  # type: ignore[attr-defined]
