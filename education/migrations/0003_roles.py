"""The groups Author, Clinical reviewer and Publisher, with their permissions.

Django makes the rows of permissions only after the last migration, so they are made here, as Django would make them:
it finds each by model and codename and adds none twice.
"""

from django.conf import settings
from django.db import migrations

WORKING_COPIES = ('article', 'carecard', 'protocol', 'exercise', 'term', 'source')
READING = [
    f'view_{model}'
    for model in (
        *WORKING_COPIES,
        'publication', 'edition', 'draft', 'revision', 'feedback', 'picture', 'previewlink',
    )
]
ROLES = {
    'Author': [
        *READING,
        *(f'add_{model}' for model in (*WORKING_COPIES, 'picture', 'previewlink')),
        *(f'change_{model}' for model in WORKING_COPIES),
    ],
    'Clinical reviewer': [*READING, 'approve_publication', 'review_article', 'add_previewlink'],
    'Publisher': [*READING, 'publish_publication', 'delete_feedback'],
}


def permission(apps, alias, codename):
    """Return the row of one permission, made where it is missing."""
    action, model = codename.split('_')
    options = apps.get_model('education', model)._meta
    name = dict(options.permissions).get(codename, f'Can {action} {options.verbose_name_raw}')
    types = apps.get_model('contenttypes', 'ContentType').objects.using(alias)
    content_type, _ = types.get_or_create(app_label='education', model=model)
    permissions = apps.get_model('auth', 'Permission').objects.using(alias)
    return permissions.get_or_create(content_type=content_type, codename=codename, defaults={'name': name})[0]


def add_roles(apps, schema_editor):
    alias = schema_editor.connection.alias
    for name, codenames in ROLES.items():
        group, _ = apps.get_model('auth', 'Group').objects.using(alias).get_or_create(name=name)
        group.permissions.set([permission(apps, alias, codename) for codename in codenames])


def remove_roles(apps, schema_editor):
    """Remove the groups that nobody is in: who has which role cannot be found out again."""
    groups = apps.get_model('auth', 'Group').objects.using(schema_editor.connection.alias)
    groups.filter(name__in=ROLES, user__isnull=True).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('education', '0002_editing'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(add_roles, remove_roles),
    ]
