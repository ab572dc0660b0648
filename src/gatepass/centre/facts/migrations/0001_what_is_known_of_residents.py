
import django.db.models.deletion
import gatepass.policy.colours.facts
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0001_residents_and_their_documents'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Waiting',
            fields=[
                ('resident', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='people.resident')),
                ('since', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Fact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[(gatepass.policy.colours.facts.FactKind['DECLARATION'], 'Health declaration'), (gatepass.policy.colours.facts.FactKind['TEMPERATURE'], 'Temperature'), (gatepass.policy.colours.facts.FactKind['STAY'], 'Stay'), (gatepass.policy.colours.facts.FactKind['ARRIVAL'], 'Arrival from abroad'), (gatepass.policy.colours.facts.FactKind['CONTACT'], 'Contact with a case'), (gatepass.policy.colours.facts.FactKind['TEST'], 'Test'), (gatepass.policy.colours.facts.FactKind['VACCINATION'], 'Vaccination'), (gatepass.policy.colours.facts.FactKind['CASE'], 'Diagnosis'), (gatepass.policy.colours.facts.FactKind['QUARANTINE'], 'Quarantine'), (gatepass.policy.colours.facts.FactKind['ROLE'], 'Role at the site'), (gatepass.policy.colours.facts.FactKind['EXEMPTION'], 'Exemption')], max_length=12, verbose_name='Fact')),
                ('at', models.DateTimeField(verbose_name='From')),
                ('until', models.DateTimeField(blank=True, null=True, verbose_name='Until')),
                ('data', models.JSONField(default=dict)),
                ('source', models.CharField(choices=[('self', 'The person'), ('helper', 'Somebody who acts for the person'), ('staff', 'Staff'), ('laboratory', 'Laboratory or hospital'), ('gate', 'Gate'), ('import', 'List'), ('system', 'Another system')], max_length=10, verbose_name='Source')),
                ('recorded_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='facts', to='people.resident')),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-at', '-id'),
                'indexes': [models.Index(condition=models.Q(('withdrawn_at__isnull', True)), fields=['resident'], name='facts_of_a_resident')],
            },
        ),
    ]
