import django.core.validators
import django.db.models.deletion
import gatepass.centre.people.fields
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0002_enrolled_cards_are_documents'),
        ('addresses', '0001_buildings_units_and_rooms'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='resident',
            name='preferred_name',
            field=models.CharField(blank=True, max_length=120, verbose_name='Preferred name'),
        ),
        migrations.AddField(
            model_name='resident',
            name='room',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='residents', to='addresses.place'),
        ),
        migrations.AddField(
            model_name='resident',
            name='changed_at',
            field=models.DateTimeField(default=timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='resident',
            name='revision',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='resident',
            name='merged_into',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='people.resident'),
        ),
        migrations.AddIndex(
            model_name='resident',
            index=models.Index(fields=['birth'], name='residents_by_birth'),
        ),
        migrations.AddField(
            model_name='identitydocument',
            name='added_at',
            field=models.DateTimeField(default=timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='identitydocument',
            name='valid_until',
            field=models.DateField(blank=True, null=True, verbose_name='Valid until'),
        ),
        migrations.AddField(
            model_name='identitydocument',
            name='retired_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='identitydocument',
            name='retired_for',
            field=models.CharField(blank=True, choices=[('replaced', 'Replaced by a new one'), ('expired', 'Expired'), ('lost', 'Lost or stolen'), ('mistake', 'Entered by mistake')], max_length=10, verbose_name='Reason'),
        ),
        migrations.AlterField(
            model_name='identitydocument',
            name='person_key',
            field=models.BinaryField(db_index=True, validators=[django.core.validators.MaxLengthValidator(16)]),
        ),
        migrations.AddConstraint(
            model_name='identitydocument',
            constraint=models.UniqueConstraint(condition=models.Q(('retired_at__isnull', True)), fields=('person_key',), name='one_holder_of_a_document_in_use'),
        ),
        migrations.CreateModel(
            name='Phone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', gatepass.centre.people.fields.EncryptedTextField(verbose_name='Telephone')),
                ('number_key', models.BinaryField(db_index=True, validators=[django.core.validators.MaxLengthValidator(16)])),
                ('purpose', models.CharField(choices=[('own', 'Own mobile'), ('home', 'At home'), ('work', 'At work'), ('relative', 'Relative'), ('emergency', 'In an emergency')], default='own', max_length=10, verbose_name='Purpose')),
                ('whose', models.CharField(blank=True, max_length=60, verbose_name='Whose')),
                ('preferred', models.BooleanField(default=False, verbose_name='Call this one first')),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='phones', to='people.resident')),
            ],
            options={
                'ordering': ('-preferred', 'id'),
                'constraints': [models.UniqueConstraint(condition=models.Q(('preferred', True)), fields=('resident',), name='one_preferred_phone')],
            },
        ),
        migrations.CreateModel(
            name='NameKey',
            fields=[
                ('pk', models.CompositePrimaryKey('key', 'site', 'birth_year', 'resident', blank=True, editable=False, primary_key=True, serialize=False)),
                ('key', models.BigIntegerField()),
                ('site', models.IntegerField()),
                ('birth_year', models.SmallIntegerField()),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='name_keys', to='people.resident')),
            ],
        ),
        migrations.CreateModel(
            name='SavedFilter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='Name')),
                ('query', models.CharField(max_length=500)),
                ('shared', models.BooleanField(default=False, verbose_name='Colleagues may use it too')),
                ('created_at', models.DateTimeField()),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_filters', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('name', 'id'),
                'constraints': [models.UniqueConstraint(fields=('owner', 'name'), name='one_filter_of_a_name_and_owner')],
            },
        ),
    ]
