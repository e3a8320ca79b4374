"""Saves, submissions, approvals, comments, preview links and pictures; entries and leaflets that hold from a moment."""

import datetime
import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('education', '0001_content_and_editions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('article', 'article'), ('care_card', 'care card'), ('protocol', 'protocol'), ('exercise', 'exercise'), ('term', 'term'), ('source', 'source')], max_length=12, verbose_name='kind')),
                ('key', models.SlugField(max_length=60, verbose_name='key')),
                ('content_hash', models.CharField(max_length=64)),
                ('approved_at', models.DateTimeField(verbose_name='approved')),
            ],
            options={
                'verbose_name': 'approval',
                'verbose_name_plural': 'approvals',
            },
        ),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('article', 'article'), ('care_card', 'care card'), ('protocol', 'protocol'), ('exercise', 'exercise'), ('term', 'term'), ('source', 'source')], max_length=12, verbose_name='kind')),
                ('key', models.SlugField(max_length=60, verbose_name='key')),
                ('content_hash', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('text', models.TextField(max_length=2000, verbose_name='comment')),
                ('made_at', models.DateTimeField(verbose_name='made')),
            ],
            options={
                'verbose_name': 'comment',
                'verbose_name_plural': 'comments',
                'ordering': ['made_at'],
            },
        ),
        migrations.CreateModel(
            name='Picture',
            fields=[
                ('digest', models.CharField(editable=False, max_length=64, primary_key=True, serialize=False)),
                ('name', models.CharField(help_text='For editors; readers do not see it.', max_length=120, verbose_name='name')),
                ('data', models.BinaryField()),
                ('width', models.PositiveSmallIntegerField(verbose_name='width')),
                ('height', models.PositiveSmallIntegerField(verbose_name='height')),
                ('byte_count', models.PositiveIntegerField(verbose_name='bytes')),
                ('added_at', models.DateTimeField(verbose_name='added')),
            ],
            options={
                'verbose_name': 'picture',
                'verbose_name_plural': 'pictures',
                'ordering': ['-added_at'],
            },
        ),
        migrations.CreateModel(
            name='PreviewLink',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('article', 'article'), ('care_card', 'care card'), ('protocol', 'protocol'), ('exercise', 'exercise'), ('term', 'term'), ('source', 'source')], max_length=12, verbose_name='kind')),
                ('key', models.SlugField(max_length=60, verbose_name='key')),
                ('content_hash', models.CharField(max_length=64)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('made_at', models.DateTimeField(verbose_name='made')),
                ('expires_at', models.DateTimeField(verbose_name='expires')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
            ],
            options={
                'verbose_name': 'preview link',
                'verbose_name_plural': 'preview links',
                'ordering': ['-made_at'],
            },
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('article', 'article'), ('care_card', 'care card'), ('protocol', 'protocol'), ('exercise', 'exercise'), ('term', 'term'), ('source', 'source')], max_length=12, verbose_name='kind')),
                ('key', models.SlugField(max_length=60, verbose_name='key')),
                ('content_hash', models.CharField(max_length=64)),
                ('number', models.PositiveIntegerField(verbose_name='number')),
                ('content', models.JSONField()),
                ('saved_at', models.DateTimeField(verbose_name='saved')),
                ('why', models.CharField(blank=True, max_length=300, verbose_name='why')),
                ('after_publication', models.PositiveIntegerField(default=0)),
                ('is_review', models.BooleanField(default=False)),
            ],
            options={
                'verbose_name': 'revision',
                'verbose_name_plural': 'revisions',
                'ordering': ['-saved_at'],
            },
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('article', 'article'), ('care_card', 'care card'), ('protocol', 'protocol'), ('exercise', 'exercise'), ('term', 'term'), ('source', 'source')], max_length=12, verbose_name='kind')),
                ('key', models.SlugField(max_length=60, verbose_name='key')),
                ('content_hash', models.CharField(max_length=64)),
                ('changes', models.CharField(max_length=300, verbose_name='what changed')),
                ('submitted_at', models.DateTimeField(verbose_name='handed in')),
                ('returned_at', models.DateTimeField(blank=True, null=True, verbose_name='sent back')),
            ],
            options={
                'verbose_name': 'submission',
                'verbose_name_plural': 'submissions',
                'ordering': ['-submitted_at'],
            },
        ),
        migrations.AlterModelOptions(
            name='protocol',
            options={'ordering': ['key'], 'verbose_name': 'care protocol', 'verbose_name_plural': 'care protocol'},
        ),
        migrations.AlterModelOptions(
            name='article',
            options={'ordering': ['position', 'key'], 'permissions': [('review_article', 'Can record a review of a whole page')], 'verbose_name': 'article', 'verbose_name_plural': 'articles'},
        ),
        migrations.AlterModelOptions(
            name='publication',
            options={'permissions': [('publish_publication', 'Can publish, schedule, retire and restore'), ('approve_publication', 'Can approve safety content')], 'verbose_name': 'publication', 'verbose_name_plural': 'publications'},
        ),
        migrations.RemoveConstraint(
            model_name='editionentry',
            name='edition_entry_once',
        ),
        migrations.RemoveConstraint(
            model_name='leaflet',
            name='leaflet_once_an_edition',
        ),
        migrations.RemoveConstraint(
            model_name='section',
            name='section_of_kind_figure_has_alternative_text',
        ),
        migrations.AddField(
            model_name='draft',
            name='dismissed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='editionentry',
            name='points_to',
            field=models.SlugField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name='leaflet',
            name='live_from',
            # Before every publish, so that among leaflets made until now the edition alone decides.
            field=models.DateTimeField(default=datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc)),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='section',
            name='is_decorative',
            field=models.BooleanField(default=False, help_text='It shows nothing that the words do not say.', verbose_name='only decoration'),
        ),
        migrations.AddField(
            model_name='statement',
            name='key',
            field=models.SlugField(blank=True, max_length=12),
        ),
        migrations.AddConstraint(
            model_name='editionentry',
            constraint=models.UniqueConstraint(fields=('edition', 'publication', 'live_from'), name='edition_entry_once_a_moment'),
        ),
        migrations.AddConstraint(
            model_name='leaflet',
            constraint=models.UniqueConstraint(fields=('key', 'edition', 'live_from'), name='leaflet_once_a_moment'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.CheckConstraint(condition=models.Q(('is_safety', True), models.Q(('kind__in', ['care_card', 'protocol']), models.Q(('key__in', ['get-help', 'medicines']), ('kind', 'article')), _connector='OR', _negated=True), _connector='OR'), name='publication_safety_is_marked'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('section', 'key'), name='statement_key_once_a_section'),
        ),
        migrations.AddField(
            model_name='approval',
            name='approved_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='approved by'),
        ),
        migrations.AddField(
            model_name='comment',
            name='author',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='author'),
        ),
        migrations.AddField(
            model_name='picture',
            name='added_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, verbose_name='added by'),
        ),
        migrations.AddField(
            model_name='section',
            name='picture',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='education.picture', verbose_name='picture'),
        ),
        migrations.AddConstraint(
            model_name='section',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'figure'), _negated=True), models.Q(('alt', ''), _negated=True), ('is_decorative', True), _connector='OR'), name='section_of_kind_figure_has_alternative_text'),
        ),
        migrations.AddField(
            model_name='previewlink',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by'),
        ),
        migrations.AddField(
            model_name='revision',
            name='saved_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='saved by'),
        ),
        migrations.AddField(
            model_name='submission',
            name='returned_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='sent back by'),
        ),
        migrations.AddField(
            model_name='submission',
            name='submitted_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='handed in by'),
        ),
        migrations.AddConstraint(
            model_name='picture',
            constraint=models.CheckConstraint(condition=models.Q(('byte_count__lte', 200000)), name='picture_is_small'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.UniqueConstraint(fields=('kind', 'key', 'number'), name='revision_number_once'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('returned_at', None), ('returned_by', None)), models.Q(('returned_at__isnull', False), ('returned_by__isnull', False)), _connector='OR'), name='submission_return_names_its_reviewer'),
        ),
    ]
