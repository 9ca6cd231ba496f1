"""Labels of the forms of the admin, which stand above their fields."""

from django import template
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def without_colon(label: SafeString) -> SafeString:
    """The HTML of a label without the colon that Django appends."""
    return SafeString(label.replace(":</label>", "</label>").replace(":</legend>", "</legend>"))
