from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts.models import User
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.actions import PhoneFacts, Registration, read_typed_document
from gatepass.centre.people.addresses.models import Place
from gatepass.centre.people.duplicates import Sought
from gatepass.centre.people.households.models import Membership
from gatepass.centre.people.models import IdentityDocument, Phone, Resident, born
from gatepass.centre.people.nationality import nationality_choices
from gatepass.centre.people.typed import read_typed_phone
from gatepass.centre.sites.access import access_sites
from gatepass.centre.sites.choosing import SiteChoice
from gatepass.centre.sites.models import Site
from gatepass.identity import Document, DocumentKind, PartialDate, Sex
from gatepass.identity.names import Name

MOST_PHONES = 6
_SEX = [("", "—"), *Resident.SEX]


class RoomField(forms.CharField):
    """A room of the chosen site, typed as the list of addresses writes it; spaces make no difference."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "off", "data-suggests": "room"}
        super().__init__(max_length=130, required=False, widget=forms.TextInput(attrs=attrs), **kwargs)


def room_of(site: Site | None, words: str) -> Place | None:
    """RefusedError `place_elsewhere` where the site has no such room."""
    plain = "".join(words.split())
    if not plain or site is None:
        return None
    # The first word narrows the reading: a site has thousands of rooms.
    rooms = Place.objects.filter(site=site, level=Place.Level.ROOM, path__startswith=words.split(maxsplit=1)[0][:1])
    for room in rooms.order_by():
        if "".join(room.path.split()) == plain:
            return room
    raise RefusedError("place_elsewhere")


class DocumentForm(forms.Form):
    """One document, typed."""

    kind = forms.ChoiceField(label=_("Document"), choices=IdentityDocument.KIND)
    number = forms.CharField(label=_("Number"), max_length=64, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    issuer = forms.CharField(
        label=_("Issued by"),
        max_length=3,
        required=False,
        help_text=_("Three letters, for example JPN. Not needed for an 18-character number."),
    )

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if "kind" in facts and "number" in facts:
            try:
                facts["document"] = read_typed_document(facts["kind"], facts.get("issuer", ""), facts["number"])
            except RefusedError as refused:
                self.add_error("issuer" if refused.code == "document_issuer" else "number", refused.sentence)
        return facts


class RetireForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why does it count no more?"), choices=IdentityDocument.Retired.choices, widget=forms.RadioSelect
    )


class _WithRoom(forms.Form):
    """Whoever has a site and a room: the room must lie in the site."""

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        try:
            facts["place"] = room_of(facts.get("site"), facts.get("room", ""))
        except RefusedError as refused:
            self.add_error("room", refused.sentence)
        return facts


class RegisterForm(DocumentForm, _WithRoom):
    site: forms.ModelChoiceField = SiteChoice(None, label=_("Site"))
    full_name = forms.CharField(
        label=_("Full name"), max_length=120, help_text=_("As the document writes it, in its own script.")
    )
    latin_name = forms.CharField(label=_("Name in Latin letters"), max_length=120, required=False)
    birth = forms.DateField(
        label=_("Date of birth"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("An 18-character number says it by itself."),
    )
    sex = forms.ChoiceField(label=_("Sex"), required=False, choices=_SEX)
    nationality = forms.ChoiceField(
        label=_("Nationality"), required=False, help_text=_("Empty: as the document has it.")
    )
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    room = RoomField(label=_("Room"), help_text=_("Building, unit and room as the list of addresses has them."))
    household = forms.CharField(
        label=_("Household"), max_length=60, required=False, help_text=_("Building, entrance and flat.")
    )
    relation = forms.ChoiceField(
        label=_("Relation to the head of the household"),
        required=False,
        choices=[("", "—"), *Membership.Relation.choices],
    )
    address = forms.CharField(
        label=_("Address"), max_length=200, required=False, help_text=_("Where the room is on no list.")
    )
    protect = forms.BooleanField(
        label=_("Protect this person at once: only I may see them"),
        required=False,
        help_text=_("For somebody in a shelter. You can name colleagues afterwards."),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        sites = access_sites(user, "resident_register")
        fields["site"].queryset = sites
        fields["nationality"].choices = [("", "—"), *nationality_choices()]
        if sites.count() == 1:
            self.initial.setdefault("site", sites.get())

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"]
        try:
            return read_typed_phone(typed) if typed else ""
        except RefusedError as refused:
            raise forms.ValidationError(refused.sentence) from None

    def registration(self) -> Registration:
        """What the number says of birth and sex counts more than what was typed beside it."""
        facts = self.cleaned_data
        document: Document = facts["document"]
        holder = document.holder
        typed_birth = PartialDate.from_date(facts["birth"]) if facts["birth"] else None
        foreign = document.issuer if document.kind is DocumentKind.PASSPORT else ""
        holder = replace(
            holder,
            native_name=facts["full_name"],
            latin_name=facts["latin_name"],
            birth=holder.birth or typed_birth,
            sex=holder.sex if holder.sex is not Sex.UNKNOWN else Sex(facts["sex"] or Sex.UNKNOWN),
            nationality=facts["nationality"] or holder.nationality or foreign,
        )
        return Registration(
            document=replace(document, holder=holder),
            site=facts["site"].pk,
            phone=facts["phone"],
            language=facts["language"],
            household=facts["household"],
            address=facts["address"],
            room=facts["place"].pk if facts["place"] else None,
            relation=facts["relation"],
        )


class ChangeForm(_WithRoom):
    """What is known of a resident, documents and household apart."""

    full_name = RegisterForm.base_fields["full_name"]
    latin_name = RegisterForm.base_fields["latin_name"]
    preferred_name = forms.CharField(
        label=_("Preferred name"),
        max_length=120,
        required=False,
        help_text=_("What the person likes to be called; it helps to find them."),
    )
    birth = forms.RegexField(
        r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?\Z",
        label=_("Date of birth"),
        required=False,
        max_length=10,
        help_text=_("For example 1941-03-12; without day and month if they are not known."),
    )
    sex = forms.ChoiceField(label=_("Sex"), choices=Resident.SEX)
    nationality = forms.ChoiceField(label=_("Nationality"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    site: forms.ModelChoiceField = SiteChoice(None, label=_("Site"), empty_label=None)
    room = RoomField(label=_("Room"), help_text=_("Building, unit and room as the list of addresses has them."))
    address = RegisterForm.base_fields["address"]
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["site"].queryset = access_sites(user, "resident_change")
        fields["nationality"].choices = [("", "—"), *nationality_choices()]

    def clean_birth(self) -> str:
        typed = str(self.cleaned_data["birth"])
        try:
            whole = born(typed)
            if whole is not None:
                forms.DateField().clean(f"{typed}-01-01"[:10] if len(typed) < 10 else typed)
        except (ValueError, forms.ValidationError):
            raise forms.ValidationError(_("This date does not exist.")) from None
        return typed

    def facts(self) -> dict[str, Any]:
        names = ("full_name", "latin_name", "preferred_name", "birth", "sex", "nationality", "language", "site")
        return {name: self.cleaned_data[name] for name in names} | {
            "room": self.cleaned_data["place"],
            "address": self.cleaned_data["address"],
        }

    @staticmethod
    def initial_of(person: Resident) -> dict[str, Any]:
        names = ("full_name", "latin_name", "preferred_name", "birth", "sex", "nationality", "language", "address")
        facts = {name: getattr(person, name) for name in names}
        return facts | {
            "site": person.site_id,
            "room": person.room.path if person.room else "",
            "revision": person.revision,
        }


class PhoneForm(forms.Form):
    number = forms.CharField(label=_("Telephone"), max_length=30, required=False)
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Phone.Purpose.choices, required=False)
    whose = forms.CharField(label=_("Whose"), max_length=60, required=False)
    preferred = forms.BooleanField(label=_("Call this one first"), required=False)

    def clean_number(self) -> str:
        typed = self.cleaned_data["number"]
        try:
            return read_typed_phone(typed) if typed.strip() else ""
        except RefusedError as refused:
            raise forms.ValidationError(refused.sentence) from None


PhoneForms = forms.formset_factory(PhoneForm, extra=1, max_num=MOST_PHONES, absolute_max=MOST_PHONES)


def phones_of(forms_: Any) -> list[PhoneFacts]:
    facts = [form.cleaned_data for form in forms_ if form.cleaned_data.get("number")]
    return [
        PhoneFacts(one["number"], one["purpose"] or Phone.Purpose.OWN, one["whose"], one["preferred"]) for one in facts
    ]


def phone_initial(person: Resident) -> list[dict[str, Any]]:
    return [
        {"number": phone.number, "purpose": phone.purpose, "whose": phone.whose, "preferred": phone.preferred}
        for phone in person.phones.all()
    ]


def sought(said: Mapping[str, str]) -> Sought:
    """What has been typed so far, as far as it can be read already."""
    documents: tuple[Document, ...] = ()
    birth = None
    kind, number = said.get("kind", ""), said.get("number", "")
    if number and kind in {str(value) for value, _word in IdentityDocument.KIND}:
        try:
            documents = (read_typed_document(kind, said.get("issuer", ""), number),)
        except RefusedError:
            documents = ()
    try:
        birth = born(said.get("birth", ""))
    except ValueError:
        birth = None
    birth = next((document.holder.birth for document in documents), None) or birth
    stated = next((document.holder.nationality for document in documents), "")
    name = Name(said.get("full_name", "")[:120], said.get("latin_name", "")[:120], said.get("preferred_name", "")[:120])
    return Sought(name, birth, said.get("nationality", "")[:3] or stated, documents)


class SaveFilterForm(forms.Form):
    name = forms.CharField(label=_("Name of the filter"), max_length=60)
    shared = forms.BooleanField(label=_("Colleagues may use it too"), required=False)
