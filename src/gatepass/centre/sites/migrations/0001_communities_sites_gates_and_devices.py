import django.core.validators
import django.db.models.deletion
import gatepass.centre.sites.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Community',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True, verbose_name='Name')),
            ],
            options={
                'ordering': ('name',),
            },
        ),
        migrations.CreateModel(
            name='Device',
            fields=[
                ('id', models.CharField(default=gatepass.centre.sites.models.new_key_id, editable=False, max_length=24, primary_key=True, serialize=False)),
                ('public_key', models.BinaryField(validators=[django.core.validators.MaxLengthValidator(32)])),
                ('software', models.CharField(max_length=40)),
                ('enrolled_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ('-enrolled_at',),
            },
        ),
        migrations.CreateModel(
            name='Gate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, verbose_name='Name')),
                ('direction', models.CharField(choices=[('in', 'Entrance'), ('out', 'Exit')], default='in', max_length=3, verbose_name='Direction')),
                ('rules', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ('site__community__name', 'site__name', 'name'),
            },
        ),
        migrations.CreateModel(
            name='Health',
            fields=[
                ('device', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='health', serialize=False, to='sites.device')),
                ('heard_at', models.DateTimeField()),
                ('clock_offset_ms', models.BigIntegerField()),
                ('software', models.CharField(max_length=40)),
                ('directory', models.BigIntegerField()),
                ('knowledge_at', models.DateTimeField(null=True)),
                ('waiting', models.BigIntegerField()),
                ('entered', models.BigIntegerField()),
                ('left', models.BigIntegerField()),
                ('readers', models.JSONField(default=list)),
                ('kiosk', models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name='EnrolmentCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.BinaryField(unique=True)),
                ('issued_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('device', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='enrolment_code', to='sites.device')),
                ('gate', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='enrolment_codes', to='sites.gate')),
            ],
        ),
        migrations.AddField(
            model_name='device',
            name='gate',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='devices', to='sites.gate'),
        ),
        migrations.CreateModel(
            name='Site',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='Name')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='Address')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sites', to='sites.community')),
            ],
            options={
                'ordering': ('community__name', 'name'),
            },
        ),
        migrations.AddField(
            model_name='gate',
            name='site',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gates', to='sites.site'),
        ),
        migrations.AddConstraint(
            model_name='device',
            constraint=models.UniqueConstraint(condition=models.Q(('revoked_at__isnull', True)), fields=('gate',), name='one_active_device_a_gate'),
        ),
        migrations.AddConstraint(
            model_name='site',
            constraint=models.UniqueConstraint(fields=('community', 'name'), name='one_site_of_a_name_in_a_community'),
        ),
        migrations.AddConstraint(
            model_name='gate',
            constraint=models.UniqueConstraint(fields=('site', 'name'), name='one_gate_of_a_name_at_a_site'),
        ),
    ]
