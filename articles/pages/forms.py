"""The form of a page at the desk."""

from django import forms

from articles.body.cleaning import clean
from articles.pages.models import Page


class PageForm(forms.ModelForm[Page]):
    class Meta:
        model = Page
        fields = ("title", "path", "body", "description", "language", "position", "is_published")

    # Somebody will paste the address as it stands in a browser.
    path = forms.CharField(
        label="Address",
        max_length=200,
        help_text=Page._meta.get_field("path").help_text,
    )

    def clean_path(self) -> str:
        return str(self.cleaned_data["path"]).strip().strip("/")

    def clean_body(self) -> str:
        return clean(self.cleaned_data["body"])
