"""The library of pictures: upload, look, find where used. A picture is never changed; unused ones can be deleted."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.db.models import TextField
from django.db.models.functions import Cast
from django.db.models.lookups import Contains
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from education import picture_files
from education.admin import usage_screens
from education.admin.screen import editor
from education.models import Picture, Publication, Revision


class PictureForm(forms.ModelForm):  # type: ignore[type-arg]  # the stubs' generics do not exist at run time
    """A new picture: a name for editors and a file, which is decoded, made small and written anew."""

    upload = forms.FileField(
        label=_("File"),
        help_text=_("JPEG, PNG or WebP, at most 10 MB. It is made smaller and loses what the camera wrote into it."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    class Meta:
        model = Picture
        fields = ("name",)

    def clean_upload(self) -> picture_files.Picture:
        """Return the picture as it will be served, or say why it is refused."""
        upload: UploadedFile[bytes] = self.cleaned_data["upload"]
        if (upload.size or 0) > picture_files.BYTES_IN_AT_MOST:
            raise forms.ValidationError(_("The file is larger than 10 MB. Save it smaller and try again."), "too_big")
        try:
            return picture_files.encode(upload.read())
        except picture_files.PictureRefused as refused:
            raise forms.ValidationError(str(refused), refused.code) from refused

    def clean(self) -> dict[str, Any]:
        """Refuse a picture that is there already: it has one name."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        made = cleaned.get("upload")
        there = Picture.objects.filter(digest=made.sha256).first() if made else None
        if there:
            self.add_error("upload", _("This picture is in the library already: %(name)s.") % {"name": there.name})
        return cleaned


@admin.register(Picture)
class PictureAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # as above
    """Pictures, newest first."""

    form = PictureForm
    list_display = ("small", "name", "size", "added_at", "added_by")
    list_display_links = ("small", "name")
    list_select_related = ("added_by",)
    search_fields = ("name", "digest")
    actions = None
    readonly_fields: ClassVar[Any] = ("small", "size", "used", "added_at", "added_by")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Leave the bytes in the database: a list needs none of them."""
        return super().get_queryset(request).defer("data")

    def get_fields(self, request: HttpRequest, obj: Picture | None = None) -> Any:
        """Return the form of a new picture, or what is known of one."""
        return ("name", "small", "size", "used", "added_at", "added_by") if obj else ("name", "upload")

    def get_form(self, request: HttpRequest, obj: Picture | None = None, change: bool = False, **kwargs: Any) -> Any:
        """Ask for a file only where the picture is new."""
        if obj is not None:
            kwargs["form"] = forms.ModelForm
        return super().get_form(request, obj, change=change, **kwargs)

    def save_model(self, request: HttpRequest, obj: Picture, form: Any, change: bool) -> None:
        """Keep a new picture under its hash; of one that is there only the name changes."""
        if change:
            obj.save(update_fields=["name"])
            return
        made: picture_files.Picture = form.cleaned_data["upload"]
        obj.digest, obj.data, obj.byte_count = made.sha256, made.data, len(made.data)
        obj.width, obj.height = made.width, made.height
        obj.added_at, obj.added_by = timezone.now(), editor(request)
        obj.save(force_insert=True)

    def has_delete_permission(self, request: HttpRequest, obj: Picture | None = None) -> bool:
        """Only a picture that no wording, past or present, names can be deleted."""
        return obj is not None and super().has_delete_permission(request, obj) and not _is_named(obj.digest)

    @admin.display(description=_("picture"))
    def small(self, row: Picture) -> Any:
        """The picture itself, small by the style sheet of the admin."""
        url = reverse("education:picture", kwargs={"digest": row.digest})
        return format_html('<img src="{}" alt="" width="120" class="picture-small" loading="lazy">', url)

    @admin.display(description=_("size"))
    def size(self, row: Picture) -> str:
        """Width and height in pixels, and kilobytes."""
        return f"{row.width} × {row.height}, {row.byte_count / 1000:.0f} kB"

    @admin.display(description=_("used on"))
    def used(self, row: Picture) -> Any:
        """The pages whose working copies show it."""
        places = usage_screens.picture_uses(row.digest).places
        return ", ".join(title for _use, title, _url in places) or _("Nothing uses it.")


def _is_named(digest: str) -> bool:
    tables: tuple[type[Publication | Revision], ...] = (Publication, Revision)
    return any(table.objects.filter(Contains(Cast("content", TextField()), digest)).exists() for table in tables)
