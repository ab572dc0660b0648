from __future__ import annotations

from django.urls import path

from gatepass.centre.interpreting import own_views, views

urlpatterns = [
    path("calls/", views.calls, name="calls"),
    path("calls/list/", views.call_list, name="call_list"),
    path("calls/list/export/", views.call_list_export, name="call_list_export"),
    path("calls/list/<int:call>/", views.call_page, name="call_page"),
    path("calls/list/lines/", views.call_lines, name="call_lines"),
    path("calls/<int:call>/", views.call_talk, name="call_talk"),
    path("calls/<int:call>/answer/", views.call_answer, name="call_answer"),
    path("calls/<int:call>/exchange/", views.call_exchange, name="call_exchange"),
    path("calls/<int:call>/conclude/", views.call_conclude, name="call_conclude"),
    path("calls/<int:call>/register/", views.call_register, name="call_register"),
    path("my/calls/", own_views.my_calls, name="my_calls"),
    path("my/calls/talk/", own_views.my_calls_talk, name="my_calls_talk"),
    path("my/calls/exchange/", own_views.my_calls_exchange, name="my_calls_exchange"),
    path("my/interpreter/", own_views.my_interpreter, name="my_interpreter"),
    path("my/interpreter/exchange/", own_views.my_interpreter_exchange, name="my_interpreter_exchange"),
]
