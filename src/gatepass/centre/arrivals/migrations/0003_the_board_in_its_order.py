from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('arrivals', '0002_lists_in_their_order'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='journey',
            index=models.Index(fields=['arrives_at', 'id'], name='journeys_in_their_order'),
        ),
    ]
