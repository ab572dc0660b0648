from __future__ import annotations

from django.urls import path

from gatepass.centre.quarantine.views import cases, own

urlpatterns = [
    path("quarantine/", cases.quarantines, name="quarantines"),
    path("quarantine/export/", cases.quarantines_export, name="quarantines_export"),
    path("quarantine/<int:quarantine>/", cases.quarantine_page, name="quarantine"),
    path("quarantine/<int:quarantine>/explain/", cases.explain, name="quarantine_explain"),
    path("quarantine/<int:quarantine>/amend/", cases.amend, name="quarantine_amend"),
    path("quarantine/<int:quarantine>/close/", cases.close, name="quarantine_close"),
    path("residents/<int:resident>/quarantine/new/", cases.quarantine_new, name="quarantine_new"),
    path("my/report/", own.my_quarantine_report, name="my_quarantine_report"),
    path("my/people/<int:resident>/quarantine/", own.my_quarantine, name="my_quarantine"),
]
