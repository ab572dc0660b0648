import django.core.validators
import django.db.models.deletion
import gatepass.centre.people.fields
import gatepass.identity.documents
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('sites', '0001_communities_sites_gates_and_devices'),
    ]

    operations = [
        migrations.CreateModel(
            name='Resident',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('full_name', models.CharField(max_length=120, verbose_name='Full name')),
                ('latin_name', models.CharField(blank=True, max_length=120, verbose_name='Name in Latin letters')),
                ('sex', models.CharField(choices=[(gatepass.identity.documents.Sex['FEMALE'], 'Female'), (gatepass.identity.documents.Sex['MALE'], 'Male'), (gatepass.identity.documents.Sex['UNSTATED'], 'Not stated'), (gatepass.identity.documents.Sex['UNKNOWN'], 'Unknown')], default=gatepass.identity.documents.Sex['UNKNOWN'], max_length=10, verbose_name='Sex')),
                ('birth', models.CharField(blank=True, max_length=10, verbose_name='Date of birth')),
                ('nationality', models.CharField(blank=True, max_length=3, verbose_name='Nationality')),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='Telephone')),
                ('language', models.CharField(choices=[('zh-hans', '简体中文'), ('zh-hant', '繁體中文'), ('en', 'English'), ('ko', '한국어'), ('ja', '日本語')], default='zh-hans', max_length=10, verbose_name='Language')),
                ('household', models.CharField(blank=True, db_index=True, max_length=60, verbose_name='Household')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='Address')),
                ('registered_at', models.DateTimeField()),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='residents', to='sites.site')),
            ],
            options={
                'ordering': ('full_name', 'id'),
            },
        ),
        migrations.CreateModel(
            name='IdentityDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[(gatepass.identity.documents.DocumentKind['RESIDENT_CARD'], 'Resident ID card'), (gatepass.identity.documents.DocumentKind['HMT_RESIDENCE'], 'Residence permit for Hong Kong, Macao and Taiwan residents'), (gatepass.identity.documents.DocumentKind['FOREIGNER_PR'], "Foreigner's permanent residence card"), (gatepass.identity.documents.DocumentKind['HKM_PERMIT'], 'Mainland travel permit for Hong Kong and Macao residents'), (gatepass.identity.documents.DocumentKind['TAIWAN_PERMIT'], 'Mainland travel permit for Taiwan residents'), (gatepass.identity.documents.DocumentKind['PASSPORT'], 'Passport'), (gatepass.identity.documents.DocumentKind['OTHER'], 'Other document')], max_length=20, verbose_name='Document')),
                ('issuer', models.CharField(max_length=3, verbose_name='Issued by')),
                ('number', gatepass.centre.people.fields.EncryptedTextField(verbose_name='Number')),
                ('person_key', models.BinaryField(unique=True, validators=[django.core.validators.MaxLengthValidator(16)])),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='people.resident')),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.AddIndex(
            model_name='resident',
            index=models.Index(fields=['site', 'full_name'], name='residents_of_a_site'),
        ),
    ]
