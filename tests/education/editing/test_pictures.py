"""Pictures in the admin: what is uploaded is made small or refused at its field, and nothing refused is stored."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from education import contents, editing, structure, working_copy
from education.edition import LiveEdition
from education.models import Article, Picture
from tests.education.editing.people import person
from tests.education.editing.test_editing_screen import signed_in
from tests.education.picture_samples import photo, saved

pytestmark = pytest.mark.django_db

ADD = "admin:education_picture_add"


def upload(data: bytes, name: str = "chair.jpg", kind: str = "image/jpeg") -> Any:
    """Upload a file as an author; return the answer."""
    client = signed_in(person("author", "Author"))
    return client.post(reverse(ADD), {"name": "A chair", "upload": SimpleUploadedFile(name, data, content_type=kind)})


def test_a_photo_becomes_a_small_picture_under_its_hash(live: LiveEdition) -> None:
    answer = upload(saved(photo(800, 600), "JPEG"))

    picture = Picture.objects.get()
    assert answer.status_code == 302
    assert (picture.name, picture.width, picture.height) == ("A chair", 800, 600)
    assert signed_in(person("bob", "Author")).get(f"/pictures/{picture.digest}.webp").status_code == 200


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", "JPEG, PNG or WebP"),
        (b"MZ" + b"\x00" * 500, "JPEG, PNG or WebP"),
        (saved(photo(80, 60), "JPEG") + b"PK\x03\x04" + b"\x00" * 200, "Something else follows"),
        (b"\xff\xd8" + b"\x00" * 10_000_001, "10 MB"),
        (saved(photo(80, 60), "JPEG")[:300], "picture"),
    ],
    ids=["a drawing", "a program", "two files in one", "too large", "half of one"],
)
def test_what_is_no_picture_is_refused_at_its_field(live: LiveEdition, data: bytes, message: str) -> None:
    answer = upload(data)

    assert answer.status_code == 200
    assert message in " ".join(answer.context_data["errors"][0])
    assert not Picture.objects.exists()


def test_the_same_picture_is_kept_once(live: LiveEdition) -> None:
    data = saved(photo(80, 60), "JPEG")
    upload(data)
    client = signed_in(person("bob", "Author"))

    answer = client.post(reverse(ADD), {"name": "Again", "upload": SimpleUploadedFile("x.jpg", data)})

    assert "A chair" in answer.content.decode()
    assert Picture.objects.count() == 1


def test_a_picture_that_a_page_once_showed_cannot_be_deleted(live: LiveEdition) -> None:
    upload(saved(photo(80, 60), "JPEG"))
    picture = Picture.objects.get()
    article = working_copy.content_of(Article.objects.get(key="causes"))
    assert isinstance(article, structure.Article)
    figure = structure.FigureSection(
        anchor="chair",
        heading="A chair",
        picture=picture.digest,
        picture_width=picture.width,
        picture_height=picture.height,
        alt="A chair with a high back.",
    )
    with_figure = structure.Article(
        **{name: getattr(article, name) for name in article.__struct_fields__ if name != "sections"},
        sections=(*article.sections, figure),
    )
    editor = person("bob", "Author")
    base_hash = contents.content_hash(article)
    editing.save(with_figure, base_hash=base_hash, by=editor, why="", now=timezone.now())
    root = person("root")
    root.is_superuser = True
    root.save()
    client = signed_in(root)

    assert (
        "What causes a back spasm"
        in client.get(reverse("admin:education_picture_change", args=[picture.digest])).content.decode()
    )
    assert (
        client.post(reverse("admin:education_picture_delete", args=[picture.digest]), {"post": "yes"}).status_code
        == 403
    )
