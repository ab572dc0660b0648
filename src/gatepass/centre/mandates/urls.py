from __future__ import annotations

from django.urls import path

from gatepass.centre.mandates import views

urlpatterns = [
    path("residents/<int:resident>/acting/", views.resident_acting, name="resident_acting"),
    path("residents/<int:resident>/acting/<int:mandate>/end/", views.mandate_end, name="mandate_end"),
    path("residents/<int:resident>/paper/print/", views.paper_print, name="paper_print"),
    path("residents/<int:resident>/paper/lost/", views.paper_lost, name="paper_lost"),
]
