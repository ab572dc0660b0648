from __future__ import annotations

from django.urls import path

from gatepass.centre.volunteers import own_views, views

urlpatterns = [
    path("volunteers/", views.volunteers, name="volunteers"),
    path("volunteers/export/", views.volunteers_export, name="volunteers_export"),
    path("volunteers/tasks/", views.tasks, name="tasks"),
    path("volunteers/tasks/export/", views.tasks_export, name="tasks_export"),
    path("volunteers/tasks/new/", views.task_new, name="task_new"),
    path("volunteers/tasks/<int:task>/", views.task, name="task"),
    path("volunteers/tasks/<int:task>/move/", views.task_move, name="task_move"),
    path("volunteers/<int:volunteer>/", views.volunteer, name="volunteer"),
    path("volunteers/<int:volunteer>/decide/", views.volunteer_decide, name="volunteer_decide"),
    path("my/helping/", own_views.my_helping, name="my_helping"),
    path("my/helping/offer/", own_views.my_help_offer, name="my_help_offer"),
    path("my/helping/end/", own_views.my_help_end, name="my_help_end"),
    path("my/helping/<int:ask>/", own_views.my_help_answer, name="my_help_answer"),
]
