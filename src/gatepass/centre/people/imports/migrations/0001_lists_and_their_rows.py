import django.db.models.deletion
import gatepass.centre.people.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0005_household_and_telephone_are_rows_now'),
        ('sites', '0001_communities_sites_gates_and_devices'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('residents', 'Residents'), ('places', 'Addresses')], max_length=10)),
                ('state', models.CharField(choices=[('mapping', 'Columns to be confirmed'), ('reading', 'Being read'), ('checking', 'Being checked'), ('checked', 'Ready for a look'), ('running', 'Being entered'), ('stopped', 'Stopped'), ('done', 'Entered'), ('undoing', 'Being undone'), ('undone', 'Undone'), ('dropped', 'Thrown away')], default='mapping', max_length=10)),
                ('file_name', models.CharField(max_length=120)),
                ('columns', models.JSONField(default=dict)),
                ('header', models.PositiveIntegerField(default=0)),
                ('sheet', models.PositiveIntegerField(default=0)),
                ('encoding', models.CharField(blank=True, max_length=10)),
                ('preview', gatepass.centre.people.fields.EncryptedTextField(null=True)),
                ('content', gatepass.centre.people.fields.EncryptedBytesField(null=True)),
                ('total', models.PositiveIntegerField(default=0)),
                ('done', models.PositiveIntegerField(default=0)),
                ('stop', models.BooleanField(default=False)),
                ('founded', models.JSONField(default=list)),
                ('created_at', models.DateTimeField()),
                ('moved_at', models.DateTimeField()),
                ('erased_at', models.DateTimeField(null=True)),
                ('counts', models.JSONField(default=dict)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('site', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sites.site')),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='Mapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('residents', 'Residents'), ('places', 'Addresses')], max_length=10)),
                ('headings', models.BinaryField()),
                ('columns', models.JSONField()),
                ('used_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'headings'), name='one_mapping_of_headings')],
            },
        ),
        migrations.CreateModel(
            name='Row',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('values', gatepass.centre.people.fields.EncryptedTextField()),
                ('notes', models.JSONField(default=dict)),
                ('faults', models.JSONField(default=list)),
                ('finding', models.CharField(choices=[('waiting', 'Not checked yet'), ('ready', 'Ready'), ('wrong', 'To be mended'), ('alike', 'Perhaps there already'), ('known', 'There already')], default='waiting', max_length=8)),
                ('candidates', models.JSONField(default=list)),
                ('choice', models.CharField(blank=True, choices=[('', 'Undecided'), ('skip', 'Leave out'), ('link', 'It is this person: add what is missing'), ('create', 'It is somebody else: register')], max_length=8)),
                ('person_keys', models.BinaryField(null=True)),
                ('first_key', models.BinaryField(null=True)),
                ('outcome', models.CharField(blank=True, choices=[('', 'Not entered'), ('created', 'Registered'), ('linked', 'Added to somebody who was there'), ('skipped', 'Left out'), ('refused', 'Could not be entered'), ('undone', 'Undone'), ('kept', 'Could not be undone')], max_length=8)),
                ('why', models.CharField(blank=True, max_length=40)),
                ('added', models.JSONField(default=dict)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='imports.import')),
                ('resident', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='import_rows', to='people.resident')),
                ('target', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.resident')),
            ],
            options={
                'ordering': ('number',),
            },
        ),
        migrations.AddIndex(
            model_name='import',
            index=models.Index(fields=['state'], name='imports_by_state'),
        ),
        migrations.AddIndex(
            model_name='row',
            index=models.Index(fields=['batch', 'finding', 'number'], name='rows_by_finding'),
        ),
        migrations.AddIndex(
            model_name='row',
            index=models.Index(fields=['batch', 'outcome', 'number'], name='rows_by_outcome'),
        ),
        migrations.AddIndex(
            model_name='row',
            index=models.Index(fields=['batch', 'first_key'], name='rows_by_document'),
        ),
        migrations.AddConstraint(
            model_name='row',
            constraint=models.UniqueConstraint(fields=('batch', 'number'), name='one_row_of_a_number'),
        ),
    ]
