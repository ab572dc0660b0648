from __future__ import annotations

from django.urls import path

from gatepass.centre.employers import lists, views

_OF = "companies/<int:company>/"

urlpatterns = [
    path("companies/", views.companies, name="companies"),
    path("companies/export.csv", views.companies_export, name="companies_export"),
    path(f"{_OF}appointments/", views.company_appoint, name="company_appoint"),
    path(f"{_OF}appointments/<int:appointment>/end/", views.appointment_end, name="appointment_end"),
    path(f"{_OF}colleagues/", views.colleagues, name="colleagues"),
    path(f"{_OF}colleagues/export.csv", views.colleagues_export, name="colleagues_export"),
    path(f"{_OF}colleagues/<int:colleague>/", views.colleague, name="colleague"),
    path(f"{_OF}month/", views.company_month, name="company_month"),
    path(f"{_OF}permits/", views.permits, name="permits"),
    path(f"{_OF}permits/export.csv", views.permits_export, name="permits_export"),
    path(f"{_OF}lists/", lists.staff_lists, name="staff_lists"),
    path(f"{_OF}lists/template.xlsx", lists.staff_template, name="staff_template"),
    path(f"{_OF}lists/<int:staff_list>/", lists.staff_list, name="staff_list"),
    path(f"{_OF}lists/<int:staff_list>/rows/<int:row>/", lists.staff_row, name="staff_row"),
    path(f"{_OF}lists/<int:staff_list>/enter/", lists.staff_enter, name="staff_enter"),
]
