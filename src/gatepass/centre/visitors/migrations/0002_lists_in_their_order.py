from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applicants', '0001_people_with_a_phone'),
        ('people', '0008_names_are_found_by_their_parts'),
        ('sites', '0003_kinds_of_sites_the_plan_and_what_devices_confirm'),
        ('visitors', '0001_invitations_visits_and_what_gates_told'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(fields=['-issued_at', '-id'], name='invitations_in_order'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(fields=['state', '-at', '-id'], name='visits_of_a_state'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(fields=['-at', '-id'], name='visits_in_order'),
        ),
    ]
