from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gatepass.centre.accounts.access import asking
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.access import access_resident
from gatepass.centre.people.protection.actions import lift_protection, protect
from gatepass.centre.people.protection.forms import ProtectionForm
from gatepass.centre.people.protection.models import Protection


@never_cache
@require_http_methods(["GET", "POST"])
def resident_protection(request: HttpRequest, resident: int) -> HttpResponse:
    """Whom nobody but the named staff meets. Somebody who does not name themselves sees the person no more."""
    user = asking(request)
    person = access_resident(user, resident, "resident_protection")
    protection = Protection.objects.filter(resident=person).first()
    if request.method == "POST" and "lift" in request.POST:
        lift_protection(user, person)
        messages.success(request, _("The protection has ended: everybody in charge of the site sees this person."))
        return redirect("resident", person.pk)
    named = list(protection.staff.all()) if protection else [user]
    form = ProtectionForm(person, request.POST or None, initial={"staff": named})
    if request.method == "POST" and form.is_valid():
        chosen = list(form.cleaned_data["staff"])
        try:
            protect(user, person, chosen)
        except RefusedError as refused:
            form.add_error("staff", refused.sentence)
        else:
            messages.success(request, _("From now on only the staff you named see this person."))
            return redirect("resident", person.pk) if user in chosen else redirect("residents")
    return render(request, "protection/protection.html", {"person": person, "form": form, "protection": protection})
