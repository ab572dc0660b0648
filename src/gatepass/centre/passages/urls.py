from __future__ import annotations

from django.urls import path

from gatepass.centre.passages import views

urlpatterns = [
    path("board/", views.board_page, name="board"),
    path("passages/", views.passages, name="passages"),
    path("passages/export.csv", views.passages_export, name="passages_export"),
]
