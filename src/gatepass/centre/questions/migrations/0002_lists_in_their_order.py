from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applicants', '0001_people_with_a_phone'),
        ('notices', '0002_answers_to_questions'),
        ('people', '0008_names_are_found_by_their_parts'),
        ('questions', '0001_questions_and_the_desk'),
        ('sites', '0003_kinds_of_sites_the_plan_and_what_devices_confirm'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='question',
            index=models.Index(fields=['state', '-id'], name='questions_in_order'),
        ),
    ]
