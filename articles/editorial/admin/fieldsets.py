"""Where each field of the article form is: in the writing column or in a tab of the sidebar."""

from typing import Final

from articles.editorial.models.mixins import COMMENT_FIELDS

BESIDE: Final = "admin-beside"
"""Marks the fieldsets of the tab “Details”."""
FOLDED: Final = "collapse"
PUBLISHING: Final = "admin-publishing"
"""Marks the fieldset of the tab “Publish”."""

FIELDSETS: Final = [
    (None, {"fields": ("headline", "standfirst"), "classes": ["admin-writing", "article-head"]}),
    (
        "Lead image",
        {
            "fields": ("lead_image", "lead_caption", "lead_alt", "lead_decorative"),
            "classes": ["admin-writing", "article-lead"],
        },
    ),
    (None, {"fields": ("body",), "classes": ["admin-writing", "article-body"]}),
    (None, {"fields": ("show_updated", "slug"), "classes": [PUBLISHING]}),
    (
        None,
        {
            "fields": (
                *("chosen_categories", "kind", "signed_by", "tags"),
                *("series", "series_position", "language", "translation_of"),
            ),
            "classes": [BESIDE],
        },
    ),
    (
        "Search and sharing",
        {
            "fields": ("search_description", "social_title", "social_image", "noindex"),
            "classes": [BESIDE, FOLDED],
        },
    ),
    ("Comments", {"fields": COMMENT_FIELDS, "classes": [BESIDE, FOLDED]}),
    ("Read next", {"fields": ("picks",), "classes": [BESIDE, FOLDED]}),
    (
        "Republishing",
        {
            "fields": ("licence", "first_published_in", "first_published_url", "canonical_url"),
            "classes": [BESIDE, FOLDED],
        },
    ),
]
SEEN_ONLY: Final = [
    (None, {"fields": ("headline", "standfirst", "text"), "classes": ["admin-writing"]}),
    (
        None,
        {
            "fields": ("kind", "categories_in_order", "authors_in_order", "language"),
            "classes": [BESIDE],
        },
    ),
]
