from __future__ import annotations

from django.urls import path

from gatepass.centre.people import views
from gatepass.centre.people.addresses import views as addresses
from gatepass.centre.people.households import views as households
from gatepass.centre.people.imports import views as imports
from gatepass.centre.people.merges import views as merges
from gatepass.centre.people.photos import views as photos
from gatepass.centre.people.protection import views as protection

urlpatterns = [
    path("residents/", views.residents, name="residents"),
    path("residents/export.csv", views.residents_export, name="residents_export"),
    path("residents/export.xlsx", views.residents_export_xlsx, name="residents_export_xlsx"),
    path("residents/new/", views.resident_register, name="resident_register"),
    path("residents/duplicates/", views.resident_duplicates, name="resident_duplicates"),
    path("residents/filters/save/", views.filter_save, name="filter_save"),
    path("residents/filters/<int:saved_filter>/drop/", views.filter_drop, name="filter_drop"),
    path("residents/<int:resident>/", views.resident, name="resident"),
    path("residents/<int:resident>/change/", views.resident_change, name="resident_change"),
    path("residents/<int:resident>/documents/new/", views.resident_document_add, name="resident_document_add"),
    path(
        "residents/<int:resident>/documents/<int:document>/retire/",
        views.resident_document_retire,
        name="resident_document_retire",
    ),
    path("residents/<int:resident>/household/", households.resident_household, name="resident_household"),
    path("residents/<int:resident>/photo/", photos.resident_photo, name="resident_photo"),
    path("residents/<int:resident>/photo.jpg", photos.resident_photo_file, name="resident_photo_file"),
    path("residents/<int:resident>/photo/withdraw/", photos.resident_photo_withdraw, name="resident_photo_withdraw"),
    path("residents/<int:resident>/protection/", protection.resident_protection, name="resident_protection"),
    path("residents/<int:resident>/merge/", merges.resident_merge, name="resident_merge"),
    path("residents/<int:resident>/merge/<int:other>/", merges.resident_merge_with, name="resident_merge_with"),
    path("residents/<int:resident>/unmerge/<int:merged>/", merges.resident_unmerge, name="resident_unmerge"),
    path("households/", households.households, name="households"),
    path("households/export.csv", households.households_export, name="households_export"),
    path("households/<int:household>/", households.household, name="household"),
    path("addresses/", addresses.places, name="places"),
    path("addresses/export.csv", addresses.places_export, name="places_export"),
    path("addresses/enter/", addresses.place_enter, name="place_enter"),
    path("addresses/suggest", addresses.place_suggest, name="place_suggest"),
    path("addresses/<int:place>/", addresses.place, name="place"),
    path("addresses/<int:place>/remove/", addresses.place_remove, name="place_remove"),
    path("imports/", imports.imports, name="imports"),
    path("imports/export.csv", imports.imports_export, name="imports_export"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/template.xlsx", imports.import_template, name="import_template"),
    path("imports/<int:batch>/", imports.import_page, name="import"),
    path("imports/<int:batch>/progress/", imports.import_progress, name="import_progress"),
    path("imports/<int:batch>/columns/", imports.import_map, name="import_map"),
    path("imports/<int:batch>/rows/<int:number>/", imports.import_row, name="import_row"),
    path("imports/<int:batch>/decide/", imports.import_decide, name="import_decide"),
    path("imports/<int:batch>/run/", imports.import_run, name="import_run"),
    path("imports/<int:batch>/stop/", imports.import_stop, name="import_stop"),
    path("imports/<int:batch>/undo/", imports.import_undo, name="import_undo"),
    path("imports/<int:batch>/drop/", imports.import_drop, name="import_drop"),
    path("imports/<int:batch>/left.csv", imports.import_left, name="import_left"),
]
