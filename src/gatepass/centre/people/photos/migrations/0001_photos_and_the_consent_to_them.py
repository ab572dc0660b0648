import django.db.models.deletion
import gatepass.centre.people.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0005_household_and_telephone_are_rows_now'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Photo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('jpeg', gatepass.centre.people.fields.EncryptedBytesField()),
                ('taken_at', models.DateTimeField()),
                ('resident', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='photo', to='people.resident')),
            ],
        ),
        migrations.CreateModel(
            name='PhotoConsent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('given_on', models.DateField(verbose_name='Given on')),
                ('manner', models.CharField(choices=[('signed', 'Signed on paper'), ('spoken', 'Said at the desk'), ('phone', 'Said on the telephone'), ('online', 'Given online')], max_length=10, verbose_name='How')),
                ('given_by', models.CharField(blank=True, max_length=60, verbose_name='Given by')),
                ('recorded_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photo_consents', to='people.resident')),
            ],
            options={
                'ordering': ('-id',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('resident',), name='one_photo_consent_at_a_time')],
            },
        ),
    ]
