from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0008_names_are_found_by_their_parts'),
        ('sites', '0003_kinds_of_sites_the_plan_and_what_devices_confirm'),
        ('volunteers', '0001_residents_who_help'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='task',
            index=models.Index(fields=['-begins_at', '-id'], name='tasks_in_order'),
        ),
    ]
