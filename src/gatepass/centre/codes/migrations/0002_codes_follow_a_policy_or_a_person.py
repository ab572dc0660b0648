
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('codes', '0001_colours_and_their_history'),
        ('policies', '0001_versions_terms_and_runs'),
    ]

    operations = [
        migrations.AddField(
            model_name='code',
            name='by_hand',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='code',
            name='policy',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='policies.policyversion'),
        ),
        migrations.AddField(
            model_name='codechange',
            name='by_hand',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='codechange',
            name='policy',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='policies.policyversion'),
        ),
        migrations.AlterField(
            model_name='code',
            name='reason',
            field=models.CharField(blank=True, choices=[('A1', 'Confirmed case'), ('A2', 'Suspected case'), ('A3', 'Positive test'), ('A4', 'Close contact'), ('A5', 'Stay in a high-risk area'), ('A6', 'Arrival from abroad'), ('A7', 'In quarantine'), ('A8', 'Symptoms after an exposure'), ('B1', 'Met a contact, or was at the same place'), ('B2', 'Symptoms'), ('B3', 'Stay in a medium-risk area'), ('B4', 'Under health monitoring'), ('B5', 'A declaration or a test is missing'), ('B6', 'The office has to look'), ('C', 'No known risk')], max_length=2, verbose_name='Reason'),
        ),
        migrations.AlterField(
            model_name='codechange',
            name='reason',
            field=models.CharField(blank=True, choices=[('A1', 'Confirmed case'), ('A2', 'Suspected case'), ('A3', 'Positive test'), ('A4', 'Close contact'), ('A5', 'Stay in a high-risk area'), ('A6', 'Arrival from abroad'), ('A7', 'In quarantine'), ('A8', 'Symptoms after an exposure'), ('B1', 'Met a contact, or was at the same place'), ('B2', 'Symptoms'), ('B3', 'Stay in a medium-risk area'), ('B4', 'Under health monitoring'), ('B5', 'A declaration or a test is missing'), ('B6', 'The office has to look'), ('C', 'No known risk')], max_length=2, verbose_name='Reason'),
        ),
    ]
