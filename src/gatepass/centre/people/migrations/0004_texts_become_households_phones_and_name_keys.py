"""What stood as text beside a resident gets rows of its own: household and telephone; and each name gets its keys."""

from django.db import migrations
from django.db.models import F
from gatepass.centre.people.access import phone_key, plain_phone
from gatepass.centre.people.name_index import key_numbers
from gatepass.identity.names import Name

BATCH = 500


def bring_over(apps, _schema):
    Resident = apps.get_model("people", "Resident")
    Household = apps.get_model("households", "Household")
    Membership = apps.get_model("households", "Membership")
    Phone = apps.get_model("people", "Phone")
    NameKey = apps.get_model("people", "NameKey")
    Resident.objects.update(changed_at=F("registered_at"))
    last = 0
    while residents := list(Resident.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = residents[-1].pk
        labelled = {(one.site_id, one.household) for one in residents if one.household}
        there = {}
        for site, label in sorted(labelled):
            there[site, label] = Household.objects.get_or_create(site_id=site, label=label)[0].pk
        Membership.objects.bulk_create(
            Membership(household_id=there[one.site_id, one.household], resident=one, since=one.registered_at)
            for one in residents
            if one.household
        )
        Phone.objects.bulk_create(
            Phone(resident=one, number=plain_phone(one.phone), number_key=phone_key(one.phone), preferred=True)
            for one in residents
            if one.phone
        )
        NameKey.objects.bulk_create(
            NameKey(
                key=number,
                site=one.site_id,
                birth_year=int(one.birth[:4]) if one.birth else 0,
                resident=one,
            )
            for one in residents
            for number in key_numbers(Name(one.full_name, one.latin_name))
        )


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0003_documents_phones_rooms_and_names_of_their_own'),
        ('households', '0001_households_and_who_lives_in_them'),
    ]

    operations = [migrations.RunPython(bring_over, migrations.RunPython.noop, elidable=True)]
