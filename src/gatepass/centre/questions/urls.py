from __future__ import annotations

from django.urls import path

from gatepass.centre.questions import own_views, views

_ONE = "questions/<int:question>/"

urlpatterns = [
    path("q/<slug:code>/", own_views.question_public, name="question_public"),
    path("my/questions/", own_views.my_questions, name="my_questions"),
    path("my/questions/found/", own_views.my_questions_while_typing, name="my_questions_while_typing"),
    path("my/questions/ask/", own_views.my_question_ask, name="my_question_ask"),
    path("my/questions/rule/", own_views.my_question_rule, name="my_question_rule"),
    path("my/questions/<int:question>/", own_views.my_question, name="my_question"),
    path("my/questions/<int:question>/withdraw/", own_views.my_question_withdraw, name="my_question_withdraw"),
    path("questions/", views.questions, name="questions"),
    path("questions/export/", views.questions_export, name="questions_export"),
    path(_ONE, views.question, name="question"),
    path(f"{_ONE}claim/", views.question_claim, name="question_claim"),
    path(f"{_ONE}hand-over/", views.question_hand_over, name="question_hand_over"),
    path(f"{_ONE}answer/", views.question_answer, name="question_answer"),
    path(f"{_ONE}close/", views.question_close, name="question_close"),
    path(f"{_ONE}approve/", views.question_approve, name="question_approve"),
]
