"""Who may edit: administrators give accounts a role, and take it away. No patient is ever listed here."""

from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backspasm.admin_site import SECOND_FACTORS
from backspasm.audit_admin import AuditEventAdmin, administers
from backspasm.models import StaffMember, User

__all__ = ["AuditEventAdmin", "StaffMemberAdmin"]

ROLES_HELP = _(
    "Authors write and change content. Clinical reviewers approve safety content and record reviews. "
    "Publishers publish, schedule, retire and restore."
)


class StaffForm(forms.ModelForm):  # type: ignore[type-arg]  # the stubs' generics do not exist at run time
    """What the two forms have in common: the roles."""

    groups = forms.ModelMultipleChoiceField(
        Group.objects.order_by("name"),
        label=_("Roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=ROLES_HELP,
    )

    acting: ClassVar[User]

    class Meta:
        model = StaffMember
        fields: tuple[str, ...] = ("groups",)


class AddForm(StaffForm):
    """Gives roles to an account that exists: the person has made it, so nobody else knows its password."""

    email = forms.EmailField(label=_("E-mail address"), help_text=_("Of an account the person has made and confirmed."))

    def clean_email(self) -> str:
        """Take the account with this address for the row to be saved."""
        email: str = self.cleaned_data["email"].lower()
        person = StaffMember.objects.filter(email=email).first()
        if person is None:
            text = _("No account has this address. Ask the person to make one first.")
            raise ValidationError(text, code="unknown")
        if person.is_staff:
            raise ValidationError(_("This person is an editor already."), code="known")
        if not EmailAddress.objects.filter(user=person, email=email, verified=True).exists():
            text = _("This address is not confirmed yet. Ask the person to sign in and type the code we send.")
            raise ValidationError(text, code="unconfirmed")
        self.instance = person
        return email


class ChangeForm(StaffForm):
    """Changes roles, or takes access away."""

    class Meta(StaffForm.Meta):
        fields = ("groups", "is_staff", "is_active")
        help_texts: ClassVar = {
            "is_staff": _("Without it the person keeps the account, loses every role and leaves this list."),
            "is_active": _("Without it the person cannot sign in at all, not even to their own diary."),
        }

    def clean(self) -> dict[str, Any]:
        """Refuse to lock out oneself or the last administrator. Needs a transaction: it locks their rows."""
        cleaned = super().clean() or {}
        if not cleaned.get("is_staff"):
            cleaned["groups"] = Group.objects.none()
        if cleaned.get("is_staff") and cleaned.get("is_active"):
            return cleaned
        if self.instance.pk == self.acting.pk:
            text = _("You cannot take away your own access. Ask another administrator.")
            raise ValidationError(text, code="own_access")
        if self.instance.is_superuser and not self._others_administer():
            raise ValidationError(_("This is the last administrator who can sign in."), code="last_administrator")
        return cleaned

    def _others_administer(self) -> bool:
        # Two administrators may take each other's access away at the same moment: the second must see the first's
        # change. All are locked, in one order, so that neither waits for the other.
        administrators = User.objects.filter(is_superuser=True, is_staff=True, is_active=True).order_by("pk")
        return any(person.pk != self.instance.pk for person in administrators.select_for_update())


@admin.register(StaffMember)
class StaffMemberAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # the stubs' generics do not exist at run time
    """The list of editors, for administrators only."""

    list_display = ("email", "roles", "administrator", "is_active", "last_signed_in", "second_factor")
    ordering = ("email",)
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Staff alone: a patient's account cannot be opened even by its address."""
        second_factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=SECOND_FACTORS)
        staff: QuerySet[Any] = super().get_queryset(request).annotate(has_second_factor=Exists(second_factors))
        return staff.filter(is_staff=True).prefetch_related("groups")

    def get_form(
        self, request: HttpRequest, obj: StaffMember | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Return the form to add or to change, which knows who is asking."""
        kwargs["form"] = ChangeForm if change else AddForm
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.acting = request.user
        return form

    def get_fields(self, request: HttpRequest, obj: StaffMember | None = None) -> tuple[str, ...]:
        """An address is typed once, to find the account."""
        if obj is None:
            return ("email", "groups")
        return (*self.get_readonly_fields(request, obj), "groups", "is_staff", "is_active")

    def get_readonly_fields(self, request: HttpRequest, obj: StaffMember | None = None) -> tuple[str, ...]:
        """Show what is the person's own business, and who administers."""
        return ("email", "administrator", "last_signed_in", "second_factor") if obj else ()

    def save_model(self, request: HttpRequest, obj: StaffMember, form: Any, change: bool) -> None:
        """Write only what the form is about: the person may be changing the password at the same moment."""
        if not change:
            obj.is_staff = True
        elif not obj.is_staff:
            # Else they would be back, unseen, on the day the person becomes an editor again.
            obj.is_superuser = False
            obj.user_permissions.clear()
        obj.save(update_fields=["is_staff", "is_active", "is_superuser"] if change else ["is_staff"])

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Log the access the person has from now on, not the names of the fields."""
        return super().log_addition(request, obj, _access(obj))

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Log the access the person has from now on, not the names of the fields."""
        return super().log_change(request, obj, _access(obj))

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Administrators alone."""
        return administers(request)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Administrators alone."""
        return administers(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Administrators alone."""
        return administers(request)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Administrators alone."""
        return administers(request)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody: an account belongs to its person."""
        return False

    @admin.display(description=_("roles"))
    def roles(self, person: StaffMember) -> str:
        """Return the names of the person's roles."""
        return ", ".join(sorted(group.name for group in person.groups.all()))

    @admin.display(description=_("administrator"), boolean=True)
    def administrator(self, person: StaffMember) -> bool:
        """Whether the person may do everything, whatever the roles."""
        return person.is_superuser

    @admin.display(description=_("last sign-in"), ordering="last_login")
    def last_signed_in(self, person: StaffMember) -> Any:
        """Return the moment of the last sign-in, or None."""
        return person.last_login

    @admin.display(description=_("second factor"), boolean=True)
    def second_factor(self, person: Any) -> bool:
        """Whether one is set up; on an https site nobody enters the admin without. Needs a row of get_queryset()."""
        return bool(person.has_second_factor)


def _access(person: StaffMember) -> str:
    if not person.is_staff:
        return gettext("No longer an editor.")
    roles = ", ".join(person.groups.order_by("name").values_list("name", flat=True)) or gettext("none")
    text = gettext("Roles: %(roles)s.") if person.is_active else gettext("Roles: %(roles)s. Switched off.")
    return text % {"roles": roles}
