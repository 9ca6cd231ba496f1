"""Sends admin forms as a browser without JavaScript does."""

from typing import Any

from django.test import Client
from django.urls import reverse
from lxml import html

from articles.editorial.models import Article

ADD = "/admin/articles/article/add/"


def change_url(article: Article) -> str:
    return reverse("admin:articles_article_change", args=[article.pk])


def values_of(page: Any, form_id: str = "article_form") -> dict[str, list[str]]:
    """Every field of the form on a page with its value, without the submit buttons."""
    (form,) = html.fromstring(page.content.decode()).xpath(f"//form[@id='{form_id}']")
    values: dict[str, list[str]] = {}
    for field in form.xpath(".//input|.//select|.//textarea"):
        name, kind = field.get("name"), field.get("type")
        if not name or kind in {"submit", "file", "button"}:
            continue
        if kind in {"checkbox", "radio"} and field.get("checked") is None:
            continue
        unset = "on" if kind == "checkbox" else ""
        value = field.value if field.tag != "input" else field.get("value", unset)
        # Browsers drop the line break that HTML puts first in a textarea.
        text = (value or "").removeprefix("\n") if field.tag == "textarea" else value or ""
        values.setdefault(name, []).append(text)
    return values


def send(client: Client, url: str, press: str = "_continue", **changes: Any) -> Any:
    """Opens the form at the URL, changes fields and submits it; follows the redirect."""
    values = values_of(client.get(url))
    for name, value in changes.items():
        values[name] = value if isinstance(value, list) else [value]
    return client.post(url, {**values, press: "1"}, follow=True)


def press(client: Client, page: Any, action: str) -> Any:
    """Presses the button of the first form whose action contains this; follows the redirect."""
    tree = html.fromstring(page.content.decode())
    form = tree.xpath(f"//form[contains(@action, '{action}')]")[0]
    values: dict[str, list[str]] = {}
    for field in form.xpath(".//input[@name]"):
        values.setdefault(field.get("name"), []).append(field.get("value"))
    return client.post(form.get("action"), values, follow=True)


def visible_text(page: Any) -> str:
    """The visible text of the page, on one line."""
    (body,) = html.fromstring(page.content.decode()).xpath("//body")
    return " ".join(body.text_content().split())


def errors_on(page: Any) -> list[str]:
    """The errors beside the fields of the form."""
    tree = html.fromstring(page.content.decode())
    found = tree.xpath("//ul[contains(@class, 'errorlist')]/li")
    return [" ".join(item.text_content().split()) for item in found]
