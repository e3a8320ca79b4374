"""Editors as a list of their own in the admin. No table is made or changed."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('backspasm', '0001_user'),
    ]

    operations = [
        migrations.CreateModel(
            name='StaffMember',
            fields=[],
            options={
                'verbose_name': 'editor',
                'verbose_name_plural': 'editors',
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('backspasm.user',),
        ),
    ]
