import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('addresses', '0001_buildings_units_and_rooms'),
        ('people', '0003_documents_phones_rooms_and_names_of_their_own'),
        ('sites', '0001_communities_sites_gates_and_devices'),
    ]

    operations = [
        migrations.CreateModel(
            name='Household',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(max_length=60, verbose_name='Household')),
                ('room', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='households', to='addresses.place')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='households', to='sites.site')),
            ],
            options={
                'ordering': ('label', 'id'),
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('relation', models.CharField(choices=[('head', 'Head of the household'), ('spouse', 'Husband or wife'), ('child', 'Son or daughter'), ('child_in_law', 'Son-in-law or daughter-in-law'), ('grandchild', 'Grandchild'), ('parent', 'Father, mother or parent-in-law'), ('grandparent', 'Grandparent'), ('sibling', 'Brother or sister'), ('relative', 'Other relative'), ('carer', 'Carer or domestic help'), ('lodger', 'Tenant or flatmate'), ('other', 'Not stated')], default='other', max_length=12, verbose_name='Relation')),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('household', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='households.household')),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='people.resident')),
            ],
            options={
                'ordering': ('-until', 'id'),
            },
        ),
        migrations.AddConstraint(
            model_name='household',
            constraint=models.UniqueConstraint(fields=('site', 'label'), name='one_household_of_a_label_at_a_site'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('resident',), name='one_household_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(condition=models.Q(('relation', 'head'), ('until__isnull', True)), fields=('household',), name='one_head_of_a_household'),
        ),
    ]
