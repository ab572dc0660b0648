"""Each name gets its parts, in the order of names: a list by a part of a name reads an index."""

import django.db.models.deletion
from django.db import migrations, models

from gatepass.centre.people.name_parts import parts_of
from gatepass.identity.names import Name

BATCH = 20_000


def cut_names(apps, schema):
    Resident = apps.get_model("people", "Resident")
    table = apps.get_model("people", "NamePart")._meta.db_table
    last = 0
    while rows := list(
        Resident.objects.filter(pk__gt=last, merged_into__isnull=True)
        .order_by("pk")
        .values_list("pk", "full_name", "latin_name", "preferred_name")[:BATCH]
    ):
        last = rows[-1][0]
        with schema.connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {table} (part, name, resident_id) VALUES (%s, %s, %s)",
                [(part, name, pk) for pk, name, *others in rows for part in parts_of(Name(name, *others))],
            )


class Migration(migrations.Migration):
    dependencies = [
        ('people', '0007_nobody_is_found_by_being_in_no_merge'),
    ]

    operations = [
        migrations.CreateModel(
            name='NamePart',
            fields=[
                ('pk', models.CompositePrimaryKey('part', 'name', 'resident', blank=True, editable=False, primary_key=True, serialize=False)),
                ('part', models.CharField(max_length=4)),
                ('name', models.CharField(max_length=120)),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='name_parts', to='people.resident')),
            ],
        ),
        migrations.RunPython(cut_names, migrations.RunPython.noop, elidable=True),
    ]
