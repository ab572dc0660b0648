from __future__ import annotations

from django.urls import path

from gatepass.centre.surveys import views

urlpatterns = [
    path("surveys/", views.surveys, name="surveys"),
    path("surveys/new/", views.survey_new, name="survey_new"),
    path("surveys/<int:survey>/", views.survey, name="survey"),
    path("surveys/<int:survey>/export/", views.survey_export, name="survey_export"),
    path("surveys/<int:survey>/remind/", views.survey_remind, name="survey_remind"),
    path("surveys/<int:survey>/close/", views.survey_close, name="survey_close"),
    path("surveys/<int:survey>/people/<int:reply>/", views.survey_answer, name="survey_answer"),
    path("my/people/<int:resident>/survey/<int:survey>/", views.my_survey, name="my_survey"),
]
