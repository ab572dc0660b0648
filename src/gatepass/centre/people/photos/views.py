from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts.access import asking
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.access import access_resident
from gatepass.centre.people.photos.actions import consent_to_photo, keep_photo, withdraw_photo_consent
from gatepass.centre.people.photos.forms import ConsentForm, PhotoForm
from gatepass.centre.people.photos.models import Photo
from gatepass.centre.people.photos.picture import MOST_BYTES


@never_cache
@require_http_methods(["GET", "POST"])
def resident_photo(request: HttpRequest, resident: int) -> HttpResponse:
    """First the consent, then the photo; both on one page."""
    user = asking(request)
    person = access_resident(user, resident, "resident_photo")
    consent = person.photo_consents.filter(withdrawn_at__isnull=True).first()
    consent_form = ConsentForm(request.POST if "manner" in request.POST else None)
    photo_form = PhotoForm()
    if request.method == "POST" and consent is None and consent_form.is_valid():
        facts = consent_form.cleaned_data
        try:
            consent_to_photo(user, person, **facts)
        except RefusedError as refused:
            consent_form.add_error("given_on", refused.sentence)
        else:
            messages.success(request, _("The consent is on record. Now the photo can be stored."))
            return redirect("resident_photo", person.pk)
    if request.method == "POST" and consent is not None:
        photo_form = PhotoForm(request.POST, request.FILES)
        if photo_form.is_valid():
            try:
                keep_photo(user, person, photo_form.cleaned_data["photo"].read(MOST_BYTES + 1))
            except RefusedError as refused:
                photo_form.add_error("photo", refused.sentence)
            else:
                messages.success(request, _("The photo is stored."))
                return redirect("resident_photo", person.pk)
    context = {
        "person": person,
        "consent": consent,
        "photo": Photo.objects.filter(resident=person).only("taken_at").first(),
        "consent_form": consent_form,
        "photo_form": photo_form,
        "former": person.photo_consents.filter(withdrawn_at__isnull=False),
    }
    return render(request, "photos/photo.html", context)


@never_cache
@require_GET
def resident_photo_file(request: HttpRequest, resident: int) -> HttpResponse:
    person = access_resident(asking(request), resident, "resident_photo_file")
    photo = Photo.objects.filter(resident=person).first()
    if photo is None:
        raise Http404
    response = HttpResponse(bytes(photo.jpeg), content_type="image/jpeg")
    response.headers["Content-Disposition"] = "inline"
    return response


@require_POST
def resident_photo_withdraw(request: HttpRequest, resident: int) -> HttpResponse:
    user = asking(request)
    person = access_resident(user, resident, "resident_photo_withdraw")
    withdraw_photo_consent(user, person)
    messages.success(request, _("The consent is withdrawn, and the photo is erased."))
    return redirect("resident_photo", person.pk)
