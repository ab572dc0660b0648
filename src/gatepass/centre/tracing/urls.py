from __future__ import annotations

from django.urls import path

from gatepass.centre.tracing.views import cases, chains, contacts

_CASE = "cases/<int:case>/"
_CONTACT = f"{_CASE}contacts/<int:contact>/"

urlpatterns = [
    path("cases/", cases.cases, name="cases"),
    path("cases/export.csv", cases.cases_export, name="cases_export"),
    path("cases/new/", cases.case_new, name="case_new"),
    path(_CASE, cases.case_page, name="case"),
    path(f"{_CASE}answer/", cases.case_answer, name="case_answer"),
    path(f"{_CASE}close/", cases.case_close, name="case_close"),
    path(f"{_CASE}extend/", cases.case_extend, name="case_extend"),
    path(f"{_CASE}extension-<int:extension>/", cases.case_extension, name="case_extension"),
    path(f"{_CASE}count/", cases.case_count, name="case_count"),
    path(f"{_CASE}given-<int:hand_over>/", contacts.hand_over_answer, name="hand_over_answer"),
    path(f"{_CASE}movements/", chains.case_movements, name="case_movements"),
    path(f"{_CASE}chains/", chains.case_chains, name="case_chains"),
    path(f"{_CASE}contacts/", contacts.contacts, name="contacts"),
    path(f"{_CASE}contacts/export/", contacts.contacts_export, name="contacts_export"),
    path(f"{_CASE}contacts/reveal/", contacts.contact_reveal, name="contact_reveal"),
    path(f"{_CASE}contacts/give/", contacts.contact_offer, name="contact_offer"),
    path(_CONTACT, contacts.contact_page, name="contact"),
    path(f"{_CONTACT}work/", contacts.contact_work, name="contact_work"),
    path(f"{_CONTACT}trace/", contacts.contact_trace, name="contact_trace"),
]
