from __future__ import annotations

from django.urls import path

from gatepass.centre.privacy.views import my, public, staff

urlpatterns = [
    path("transparency/", public.transparency, name="transparency"),
    path("privacy/", staff.privacy, name="privacy"),
    path("privacy/inventory.csv", staff.privacy_export, name="privacy_export"),
    path("privacy/receipts/", staff.privacy_receipts, name="privacy_receipts"),
    path("privacy/receipts/export.csv", staff.privacy_receipts_export, name="privacy_receipts_export"),
    path("privacy/requests/", staff.privacy_requests, name="privacy_requests"),
    path("privacy/requests/export.csv", staff.privacy_requests_export, name="privacy_requests_export"),
    path("privacy/requests/<int:request_id>/", staff.privacy_request, name="privacy_request"),
    path("residents/<int:resident>/data/", staff.resident_privacy, name="resident_privacy"),
    path("residents/<int:resident>/data/held.pdf", staff.resident_privacy_pdf, name="resident_privacy_pdf"),
    path("residents/<int:resident>/data/held.json", staff.resident_privacy_json, name="resident_privacy_json"),
    path("my/people/<int:resident>/data/", my.my_data, name="my_data"),
    path("my/people/<int:resident>/data/held.pdf", my.my_data_pdf, name="my_data_pdf"),
    path("my/people/<int:resident>/data/held.json", my.my_data_json, name="my_data_json"),
]
