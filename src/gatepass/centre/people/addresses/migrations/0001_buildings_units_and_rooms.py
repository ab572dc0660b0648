import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('sites', '0001_communities_sites_gates_and_devices'),
    ]

    operations = [
        migrations.CreateModel(
            name='Place',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('building', 'Building'), ('unit', 'Unit'), ('room', 'Room')], max_length=8, verbose_name='Level')),
                ('name', models.CharField(max_length=40, verbose_name='Name')),
                ('path', models.CharField(max_length=130)),
                ('order', models.CharField(max_length=200)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='addresses.place')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='places', to='sites.site')),
            ],
            options={
                'ordering': ('site', 'order', 'id'),
                'indexes': [models.Index(fields=['site', 'level', 'order'], name='places_of_a_site')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('parent__isnull', True)), fields=('site', 'name'), name='one_building_of_a_name_at_a_site'), models.UniqueConstraint(fields=('parent', 'name'), name='one_place_of_a_name_in_another')],
            },
        ),
    ]
