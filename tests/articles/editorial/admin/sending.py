"""Forms of the desk as a browser without JavaScript sends them."""

from typing import Any

from django.test import Client
from django.urls import reverse
from lxml import html

from articles.editorial.models import Article

ADD = "/admin/articles/article/add/"


def change_address(article: Article) -> str:
    return reverse("admin:articles_article_change", args=[article.pk])


def values_of(page: Any, form_id: str = "article_form") -> dict[str, list[str]]:
    """Every field of the form on a page with what stands in it; no button is pressed."""
    (form,) = html.fromstring(page.content.decode()).xpath(f"//form[@id='{form_id}']")
    values: dict[str, list[str]] = {}
    for field in form.xpath(".//input|.//select|.//textarea"):
        name, kind = field.get("name"), field.get("type")
        if not name or kind in {"submit", "file", "button"}:
            continue
        if kind in {"checkbox", "radio"} and field.get("checked") is None:
            continue
        unsaid = "on" if kind == "checkbox" else ""
        value = field.value if field.tag != "input" else field.get("value", unsaid)
        # A browser takes the line break off that HTML puts first in a text area.
        text = (value or "").removeprefix("\n") if field.tag == "textarea" else value or ""
        values.setdefault(name, []).append(text)
    return values


def send(client: Client, address: str, press: str = "_continue", **changes: Any) -> Any:
    """Opens the form at the address, changes fields, presses a button; follows to the next page."""
    values = values_of(client.get(address))
    for name, value in changes.items():
        values[name] = value if isinstance(value, list) else [value]
    return client.post(address, {**values, press: "1"}, follow=True)


def words_of(page: Any) -> str:
    """What a person reads on the page, on one line."""
    (body,) = html.fromstring(page.content.decode()).xpath("//body")
    return " ".join(body.text_content().split())


def errors_on(page: Any) -> list[str]:
    """The sentences beside the fields that were not accepted."""
    tree = html.fromstring(page.content.decode())
    found = tree.xpath("//ul[contains(@class, 'errorlist')]/li")
    return [" ".join(item.text_content().split()) for item in found]
