from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('addresses', '0001_buildings_units_and_rooms'),
        ('applicants', '0001_people_with_a_phone'),
        ('arrivals', '0001_who_comes_from_where'),
        ('employers', '0002_whereabouts_are_called_so'),
        ('sites', '0003_kinds_of_sites_the_plan_and_what_devices_confirm'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='journey',
            index=models.Index(fields=['state', 'acknowledge_by'], name='journeys_to_acknowledge'),
        ),
    ]
