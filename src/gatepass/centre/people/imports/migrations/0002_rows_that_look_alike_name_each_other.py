from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('imports', '0001_lists_and_their_rows'),
    ]

    operations = [
        migrations.AddField(
            model_name='row',
            name='twin',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name='import',
            name='state',
            field=models.CharField(choices=[('mapping', 'Columns to be confirmed'), ('reading', 'Being read'), ('checking', 'Being checked'), ('checked', 'Ready for a look'), ('running', 'Being entered'), ('stopped', 'Stopped'), ('done', 'Entered into the registry'), ('undoing', 'Being undone'), ('undone', 'Undone'), ('dropped', 'Thrown away')], default='mapping', max_length=10),
        ),
        migrations.AlterField(
            model_name='row',
            name='outcome',
            field=models.CharField(blank=True, choices=[('', 'Not entered'), ('created', 'Newly registered'), ('linked', 'Added to somebody who was there'), ('skipped', 'Left out'), ('refused', 'Could not be entered'), ('undone', 'Undone'), ('kept', 'Could not be undone')], max_length=8),
        ),
    ]
