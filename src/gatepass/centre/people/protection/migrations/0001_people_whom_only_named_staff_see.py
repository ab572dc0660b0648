import django.db.models.deletion
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
            name='Protection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField()),
                ('resident', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='protection', to='people.resident')),
                ('staff', models.ManyToManyField(related_name='entrusted', to=settings.AUTH_USER_MODEL, verbose_name='Staff who may see this person')),
            ],
        ),
    ]
