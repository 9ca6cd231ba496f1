"""Values for the variable parts of URLs."""

import re

NAMES = {
    "newsletter_confirm": {"token": "confirm"},
    "newsletter_data": {"token": "data"},
    "newsletter_preferences": {"token": "reader"},
    "newsletter_unsubscribe": {"token": "reader"},
    "newsletter_unfollow": {"token": "article_follow"},
    "newsletter_issue": {"slug": "issue"},
    "comment_follow_confirm": {"token": "follow"},
    "comment_unfollow": {"token": "follow"},
    "preview": {"token": "preview"},
    "embed_thumbnail": {"name": "thumbnail"},
    "theme_stylesheet": {"key": "theme", "content": "theme_content"},
    "rendition": {"name": "picture"},
    "file": {"name": "file"},
    "brand_image": {"name": "brand_image"},
    "comment_replies": {"comment": "pk"},
    "avatar": {"name": "avatar"},
    "reader": {"pk": "person"},
    "api_image_detail": {"number": "one_picture"},
    "api_article_detail": {"number": "article"},
    "api_category_detail": {"number": "one_category"},
    "api_tag_detail": {"number": "one_tag"},
    "api_author_detail": {"number": "one_author"},
    "api_comment_detail": {"number": "pk"},
    "sitemap_part": {"number": "sitemap_file"},
    "page": {"path": "page"},
    "picture": {"image_id": "one_picture"},
    "category": {"path": "category"},
    "category_feed": {"path": "category"},
    "language_category": {"path": "category"},
    "language_category_feed": {"path": "category"},
    "language_tag": {"slug": "tag"},
    "language_tag_feed": {"slug": "tag"},
    "language_author": {"slug": "author"},
    "language_author_feed": {"slug": "author"},
    "tag": {"slug": "tag"},
    "tag_feed": {"slug": "tag"},
    "author": {"slug": "author"},
    "author_feed": {"slug": "author"},
}
"""URL name → parameter → key of the fixture `parts`, if it differs from the parameter."""


def values_for(name: str, route: str, parts: dict[str, str]) -> dict[str, str]:
    keys = NAMES.get(name, {})
    return {part: parts[keys.get(part, part)] for part in re.findall(r"<(\w+)>", route)}
