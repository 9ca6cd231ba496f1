"""Users, groups and authors in the admin, and which account an author has.

Nobody gives away a permission that they do not have: not with a group, and not by taking over the account of
somebody who has it, with a new e-mail address, password or second factor.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts import email_addresses, mfa, personal_data
from accounts.models import AuthorProfile, User
from iria.core.admin import FindsRows
from iria.publication.row_fields import LinksField


def permissions_of(user: User) -> QuerySet[Permission]:
    """Those of an inactive account too, since it can be activated."""
    if user.is_superuser:
        return Permission.objects.all()
    return Permission.objects.filter(Q(user=user) | Q(group__user=user))


def lacked_permissions(request: HttpRequest) -> QuerySet[Permission]:
    """What the user of this request may not give to anybody."""
    assert isinstance(request.user, User)  # noqa: S101 - pages of the admin
    return Permission.objects.exclude(pk__in=permissions_of(request.user).values("pk"))


def may_manage(request: HttpRequest, account: User) -> bool:
    """Whether the user of this request has every permission of this account."""
    if request.user.is_superuser or account.is_superuser:
        return request.user.is_superuser
    return not (permissions_of(account) & lacked_permissions(request)).exists()


@admin.register(User)
class UserAdmin(DjangoUserAdmin[User]):
    ordering = ["email"]
    list_display = ["email", "display_name", "is_staff", "is_active", "last_login"]
    list_filter = ["groups", "is_staff", "is_active"]
    search_fields = ["email", "display_name"]
    fieldsets = (
        (None, {"fields": ("email", "display_name", "password")}),
        ("Permissions", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "display_name", "usable_password", "password1", "password2")}),
    )
    readonly_fields = ["last_login", "date_joined"]
    actions = ["reset_two_factor"]
    filter_horizontal = ["groups"]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and (obj is None or may_manage(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or may_manage(request, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        superusers_only = [] if request.user.is_superuser else ["is_superuser"]
        return [*self.readonly_fields, *superusers_only]

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            lacked = lacked_permissions(request)
            kwargs["queryset"] = Group.objects.exclude(permissions__in=lacked)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change or "email" in form.changed_data:
            email_addresses.mark_confirmed(obj)

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """Comments stay without the name; the account's own page lets its owner choose."""
        personal_data.erase_and_delete(obj, keep_text=True)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            self.delete_model(request, user)

    @admin.action(description="Reset two-factor authentication", permissions=["change"])
    def reset_two_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """For somebody who lost phone and recovery codes, and whose identity is certain."""
        for user in queryset:
            if not self.has_change_permission(request, user):
                message = f"{user} may do what you may not. Ask a superuser."
                self.message_user(request, message, messages.ERROR)
                continue
            mfa.reset(user)
            self.log_change(
                request, user, "Reset two-factor authentication and ended all sessions."
            )
            self.message_user(
                request,
                f"{user} can sign in once with the password alone, and then sets up two-factor authentication again.",
            )


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin):
    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return super().has_change_permission(request, obj) and self._has_all_of(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return super().has_delete_permission(request, obj) and self._has_all_of(request, obj)

    def _has_all_of(self, request: HttpRequest, group: Group | None) -> bool:
        lacked = lacked_permissions(request)
        return group is None or not group.permissions.filter(pk__in=lacked).exists()

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        if db_field.name == "permissions":
            lacked = lacked_permissions(request)
            kwargs["queryset"] = Permission.objects.exclude(pk__in=lacked)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


LINKED_MEANWHILE: Final = (
    "Another author was linked to this account just now. The other changes were saved."
)


class AuthorProfileForm(forms.ModelForm[AuthorProfile]):
    class Meta:
        model = AuthorProfile
        fields = ("name", "slug", "user", "role", "biography", "links")

    links = LinksField(
        label="Links",
        help_text="Website, social media profiles, ORCID. Shown below the biography; profiles also in "
        "the structured data for search engines.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial_user = self.instance.user

    def clean_user(self) -> User | None:
        user: User | None = self.cleaned_data["user"]
        others = AuthorProfile.objects.exclude(pk=self.instance.pk)
        if user is not None and (other := others.filter(user=user).first()):
            raise forms.ValidationError(already_linked_message(other))
        return user


@admin.register(AuthorProfile)
class AuthorProfileAdmin(FindsRows, admin.ModelAdmin[AuthorProfile]):
    list_display = ["name", "role", "user"]
    list_select_related = ["user"]
    search_fields = ["name", "user__email"]
    autocomplete_fields = ["user"]
    prepopulated_fields: ClassVar[dict[str, Sequence[str]]] = {"slug": ("name",)}

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["iria_admin/settings.css"]}

    form = AuthorProfileForm

    def save_model(self, request: HttpRequest, obj: AuthorProfile, form: Any, change: bool) -> None:
        try:
            with transaction.atomic():
                super().save_model(request, obj, form, change)
        except IntegrityError:
            # Another author was linked to this account after the form was checked.
            obj.user = form.initial_user
            super().save_model(request, obj, form, change)
            self.message_user(request, LINKED_MEANWHILE, messages.ERROR)


# allauth's form shows the secrets of authenticators.
admin.site.unregister(Authenticator)


def already_linked_message(other: AuthorProfile) -> str:
    return (
        f"This account is linked to the author “{other}”. If they are the same person, merge the authors; "
        "otherwise remove the account from the other author first."
    )
