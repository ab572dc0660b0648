from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.BigIntegerField(db_index=True)),
                ('actor', models.CharField(max_length=40)),
                ('actor_name', models.CharField(blank=True, max_length=120)),
                ('verb', models.CharField(db_index=True, max_length=60)),
                ('object', models.CharField(db_index=True, max_length=60)),
                ('fields', models.JSONField(default=dict)),
                ('previous', models.BinaryField()),
                ('hash', models.BinaryField(unique=True)),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='Head',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entry', models.BigIntegerField()),
                ('hash', models.BinaryField()),
            ],
        ),
    ]
