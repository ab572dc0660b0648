from django.db import migrations


def take_along(apps, _schema) -> None:
    """Alarms that stand, or stood, are listed with the others."""
    moved = apps.get_model("alarms", "Alarm").objects
    for old in apps.get_model("limits", "Alarm").objects.all():
        moved.create(
            kind="tried_too_often",
            subject=f"{old.limit} {bytes(old.subject).hex()}",
            facts={"limit": old.limit, "address": old.address or "—"},
            state="cleared" if old.cleared_at else "raised",
            armed_at=old.first_at,
            alert_after=old.first_at,
            raised_at=old.first_at,
            last_at=old.last_at,
            count=old.count,
            cleared_at=old.cleared_at,
        )


class Migration(migrations.Migration):
    dependencies = [("limits", "0001_tries_and_alarms"), ("alarms", "0001_alarms_and_who_hears_of_them")]
    operations = [
        migrations.RunPython(take_along, migrations.RunPython.noop),
        migrations.DeleteModel("Alarm"),
    ]
