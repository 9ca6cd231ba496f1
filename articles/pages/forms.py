"""The form of a page at the desk."""

from django import forms

from articles.editorial.desk.body_field import BodyField
from articles.pages.models import Page


class PageForm(forms.ModelForm[Page]):
    path = forms.CharField(
        label="Address", max_length=200, help_text=Page._meta.get_field("path").help_text
    )
    body = BodyField(label="Text")

    class Meta:
        model = Page
        fields = ("title", "path", "body", "description", "language", "position", "is_published")

    def clean_path(self) -> str:
        """Somebody will paste the address as it stands in a browser."""
        return str(self.cleaned_data["path"]).strip().strip("/")
