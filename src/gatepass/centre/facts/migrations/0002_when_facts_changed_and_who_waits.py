import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('facts', '0001_what_is_known_of_residents'),
    ]

    operations = [
        migrations.DeleteModel(name='Waiting'),
        migrations.CreateModel(
            name='Standing',
            fields=[
                ('resident', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='people.resident')),
                ('changed_at', models.DateTimeField()),
                ('waiting', models.BooleanField(default=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('waiting', True)), fields=['changed_at'], name='residents_waiting')],
            },
        ),
    ]
