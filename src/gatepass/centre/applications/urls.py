from __future__ import annotations

from django.urls import path

from gatepass.centre.applications import views

urlpatterns = [
    path("applications/", views.applications, name="applications"),
    path("applications/export.csv", views.applications_export, name="applications_export"),
    path("applications/<int:application>/", views.application, name="application"),
    path("applications/<int:application>/decide/", views.application_decide, name="application_decide"),
    path("residents/<int:resident>/declare/", views.resident_declare, name="resident_declare"),
]
