"""JSON Feed 1.1."""

import json
from typing import Any

from articles.feeds.channels import Channel
from articles.feeds.entries import Entry, Person, rfc3339

CONTENT_TYPE = "application/feed+json; charset=utf-8"
VERSION = "https://jsonfeed.org/version/1.1"


def write(channel: Channel) -> bytes:
    """The channel as a JSON document."""
    feed = {
        "version": VERSION,
        "title": channel.title,
        "home_page_url": channel.home,
        "feed_url": channel.feed_url("json"),
        "description": channel.description,
        "language": channel.language,
        "authors": [_person(channel.publisher)],
        **({"hubs": [{"type": "WebSub", "url": channel.hub}]} if channel.hub else {}),
        "items": [_item(entry) for entry in channel.entries],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _item(entry: Entry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "content_html": entry.html,
        # One of the two is required.
        "content_text": "" if entry.html else entry.summary or entry.title,
        "date_published": rfc3339(entry.published),
        "date_modified": rfc3339(entry.updated),
        "authors": [_person(author) for author in entry.authors],
        "tags": entry.topics,
        "language": entry.language,
    }
    if image := entry.image:
        item["image"] = image.url
        item["attachments"] = [
            {
                "url": image.url,
                "mime_type": image.media_type,
                "title": " ".join(text for text in (image.caption, image.credit) if text),
                "size_in_bytes": image.bytes,
            }
        ]
        item["_picture"] = {
            "alt": image.alt,
            "caption": image.caption,
            "credit": image.credit,
            "copyright": image.copyright,
            "licence": image.licence,
            "made_with_ai": image.made_with_ai,
            "width": image.width,
            "height": image.height,
        }
    return {name: value for name, value in item.items() if value}


def _person(person: Person) -> dict[str, str]:
    return {"name": person.name, "url": person.url} if person.url else {"name": person.name}
