from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0004_texts_become_households_phones_and_name_keys'),
    ]

    operations = [
        migrations.RemoveField(model_name='resident', name='household'),
        migrations.RemoveField(model_name='resident', name='phone'),
    ]
