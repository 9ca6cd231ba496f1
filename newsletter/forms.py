"""What readers send: an address, a choice."""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from newsletter import addresses
from newsletter.models import Newsletter


class AddressField(forms.CharField):
    """An e-mail address, given back in its normal form."""

    def clean(self, value: Any) -> str:
        return addresses.normal(str(value or ""))


class SignUpForm(forms.Form):
    """The form of the newsletter's page, and of the foot of every page.

    The foot sends the address alone, for the first newsletter; the page of the newsletter says
    that it let the reader choose.
    """

    email = AddressField()
    newsletters = forms.ModelMultipleChoiceField(
        queryset=Newsletter.objects.none(),
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy(
                "This newsletter is not offered any more; please choose again."
            ),
            "invalid_pk_value": gettext_lazy(
                "This newsletter is not offered any more; please choose again."
            ),
        },
    )
    choosing = forms.CharField(required=False, max_length=1)
    website = forms.CharField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self).queryset = Newsletter.objects.offered()

    def clean_newsletters(self) -> list[Newsletter]:
        chosen = list(self.cleaned_data["newsletters"])
        if not chosen and not self.data.get("choosing"):
            chosen = list(Newsletter.objects.offered()[:1])
        if not chosen:
            sentence = gettext("Please choose at least one newsletter.")
            raise forms.ValidationError(sentence)
        return chosen

    @property
    def was_filled_by_a_program(self) -> bool:
        """The field that people do not see holds something."""
        return bool(self.data.get("website", "").strip())


class PreferencesForm(forms.Form):
    newsletters = forms.ModelMultipleChoiceField(
        queryset=Newsletter.objects.none(),
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy(
                "This newsletter is not offered any more; please choose again."
            ),
            "invalid_pk_value": gettext_lazy(
                "This newsletter is not offered any more; please choose again."
            ),
        },
    )

    def __init__(self, *args: Any, received: set[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whoever receives a newsletter that is not offered any more may keep it.
        offered = Newsletter.objects.filter(offered=True)
        _choices(self).queryset = (offered | Newsletter.objects.filter(pk__in=received)).order_by(
            "position", "pk"
        )


def _choices(form: forms.Form) -> "forms.ModelMultipleChoiceField[Newsletter]":
    field = form.fields["newsletters"]
    assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101 - declared above
    return field
