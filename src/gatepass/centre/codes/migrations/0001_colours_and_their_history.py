import django.db.models.deletion
import gatepass.policy.decisions
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0001_residents_and_their_documents'),
    ]

    operations = [
        migrations.CreateModel(
            name='DirectoryChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_key', models.BinaryField()),
                ('queued_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Code',
            fields=[
                ('resident', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='code', serialize=False, to='people.resident')),
                ('colour', models.CharField(blank=True, choices=[(gatepass.policy.decisions.Colour['GREEN'], 'Green'), (gatepass.policy.decisions.Colour['YELLOW'], 'Yellow'), (gatepass.policy.decisions.Colour['RED'], 'Red')], max_length=6, verbose_name='Colour')),
                ('reason', models.CharField(blank=True, choices=[('A1', 'Confirmed or suspected case'), ('B1', 'Contact or arrival under observation'), ('C', 'No known risk')], max_length=2, verbose_name='Reason')),
                ('advice', models.CharField(choices=[(gatepass.policy.decisions.Advice['NONE'], 'No next step'), (gatepass.policy.decisions.Advice['APPLY'], 'Apply for a health code'), (gatepass.policy.decisions.Advice['DECLARE'], 'Renew the health declaration'), (gatepass.policy.decisions.Advice['TEST'], 'Take a test'), (gatepass.policy.decisions.Advice['STAY_HOME'], 'Stay at home and wait for a call'), (gatepass.policy.decisions.Advice['APPEAL'], 'Appeal is being looked at'), (gatepass.policy.decisions.Advice['VISIT_OFFICE'], 'Come to the community office'), (gatepass.policy.decisions.Advice['RENEW_DOCUMENT'], 'Renew the identity document')], default=gatepass.policy.decisions.Advice['NONE'], max_length=16, verbose_name='Next step')),
                ('since', models.DateTimeField()),
                ('valid_until', models.DateTimeField(blank=True, null=True, verbose_name='Valid until')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('valid_until__isnull', False)), fields=['valid_until'], name='codes_to_expire'), models.Index(fields=['colour'], name='codes_by_colour')],
            },
        ),
        migrations.CreateModel(
            name='CodeChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('colour', models.CharField(blank=True, choices=[(gatepass.policy.decisions.Colour['GREEN'], 'Green'), (gatepass.policy.decisions.Colour['YELLOW'], 'Yellow'), (gatepass.policy.decisions.Colour['RED'], 'Red')], max_length=6, verbose_name='Colour')),
                ('reason', models.CharField(blank=True, choices=[('A1', 'Confirmed or suspected case'), ('B1', 'Contact or arrival under observation'), ('C', 'No known risk')], max_length=2, verbose_name='Reason')),
                ('advice', models.CharField(choices=[(gatepass.policy.decisions.Advice['NONE'], 'No next step'), (gatepass.policy.decisions.Advice['APPLY'], 'Apply for a health code'), (gatepass.policy.decisions.Advice['DECLARE'], 'Renew the health declaration'), (gatepass.policy.decisions.Advice['TEST'], 'Take a test'), (gatepass.policy.decisions.Advice['STAY_HOME'], 'Stay at home and wait for a call'), (gatepass.policy.decisions.Advice['APPEAL'], 'Appeal is being looked at'), (gatepass.policy.decisions.Advice['VISIT_OFFICE'], 'Come to the community office'), (gatepass.policy.decisions.Advice['RENEW_DOCUMENT'], 'Renew the identity document')], default=gatepass.policy.decisions.Advice['NONE'], max_length=16, verbose_name='Next step')),
                ('valid_until', models.DateTimeField(blank=True, null=True, verbose_name='Valid until')),
                ('by_name', models.CharField(blank=True, max_length=120)),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='code_changes', to='people.resident')),
            ],
            options={
                'ordering': ('-id',),
                'indexes': [models.Index(fields=['resident', '-id'], name='history_of_a_resident')],
            },
        ),
    ]
