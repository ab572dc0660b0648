from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sites', '0001_communities_sites_gates_and_devices'),
    ]

    operations = [
        migrations.AddField(
            model_name='site',
            name='time_zone',
            field=models.CharField(blank=True, max_length=40, verbose_name='Time zone'),
        ),
    ]
