from __future__ import annotations

from django.urls import path

from gatepass.centre.search import views

urlpatterns = [
    path("search/", views.search, name="search"),
    path("search/typing/", views.search_while_typing, name="search_while_typing"),
]
