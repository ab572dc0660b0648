from __future__ import annotations

from typing import Any

from django.db import migrations, models

from gatepass.credentials.make import new_serial


def number_them(apps: Any, _editor: Any) -> None:
    amendments = apps.get_model("quarantine", "Amendment").objects
    for pk in amendments.values_list("pk", flat=True):
        amendments.filter(pk=pk).update(serial=new_serial())


class Migration(migrations.Migration):
    dependencies = [("quarantine", "0003_reports_name_the_gates_device")]
    operations = [
        migrations.AddField("amendment", "serial", models.BinaryField(max_length=8, null=True)),
        migrations.RunPython(number_them, migrations.RunPython.noop),
        migrations.AlterField(
            "amendment", "serial", models.BinaryField(default=new_serial, max_length=8, unique=True)
        ),
    ]
