from __future__ import annotations

from django.urls import path

from gatepass.centre.insights import views

urlpatterns = [
    path("statistics/", views.insights, name="insights"),
    path("statistics/export/", views.insights_export, name="insights_export"),
    path("statistics/reports/", views.reports, name="reports"),
    path("statistics/reports/export/", views.reports_export, name="reports_export"),
    path("statistics/reports/make/", views.report_make, name="report_make"),
    path("statistics/reports/<int:report>.pdf", views.report_file, name="report_file"),
]
