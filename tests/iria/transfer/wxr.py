"""Writes WordPress exports for tests."""

from collections.abc import Mapping
from html import escape
from pathlib import Path

HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
<title>The Old Quay</title>
<link>https://old.example</link>
<language>en-GB</language>
<wp:wxr_version>1.2</wp:wxr_version>
<wp:base_site_url>https://old.example</wp:base_site_url>
<wp:base_blog_url>https://old.example</wp:base_blog_url>
"""


def write(folder: Path, *parts: str) -> Path:
    file = folder / "export.xml"
    file.write_text(f"{HEAD}{''.join(parts)}</channel></rss>\n", encoding="utf-8")
    return file


def author(login: str, name: str) -> str:
    return (
        f"<wp:author><wp:author_login>{login}</wp:author_login>"
        f"<wp:author_display_name>{_cdata(name)}</wp:author_display_name></wp:author>\n"
    )


def category(number: int, slug: str, name: str, parent: str = "") -> str:
    return (
        f"<wp:category><wp:term_id>{number}</wp:term_id><wp:category_nicename>{slug}</wp:category_nicename>"
        f"<wp:category_parent>{parent}</wp:category_parent><wp:cat_name>{_cdata(name)}</wp:cat_name>"
        "</wp:category>\n"
    )


def tag(slug: str, name: str) -> str:
    return f"<wp:tag><wp:tag_slug>{slug}</wp:tag_slug><wp:tag_name>{_cdata(name)}</wp:tag_name></wp:tag>\n"


def item(
    number: int,
    title: str = "A title",
    body: str = "",
    *,
    terms: str = "",
    comments: str = "",
    meta: Mapping[str, str] | None = None,
    **fields: str,
) -> str:
    values = {
        "post_date": "2020-05-04 10:00:00",
        "post_date_gmt": "2020-05-04 08:00:00",
        "comment_status": "open",
        "post_name": title.lower().replace(" ", "-"),
        "status": "publish",
        "post_parent": "0",
        "post_type": "post",
        **fields,
    }
    link = values.pop("link", f"https://old.example/2020/05/04/{values['post_name']}/")
    excerpt = values.pop("excerpt", "")
    creator = values.pop("creator", "ana")
    return (
        f"<item><title>{_cdata(title)}</title><link>{escape(link)}</link>"
        f"<dc:creator>{creator}</dc:creator><content:encoded>{_cdata(body)}</content:encoded>"
        f"<excerpt:encoded>{_cdata(excerpt)}</excerpt:encoded><wp:post_id>{number}</wp:post_id>"
        + "".join(f"<wp:{name}>{escape(value)}</wp:{name}>" for name, value in values.items())
        + terms
        + "".join(
            f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value>{_cdata(value)}</wp:meta_value></wp:postmeta>"
            for key, value in (meta or {}).items()
        )
        + f"{comments}</item>\n"
    )


def term(domain: str, slug: str, name: str) -> str:
    return f'<category domain="{domain}" nicename="{slug}">{_cdata(name)}</category>'


def comment(number: int, text: str, parent: int = 0, approved: str = "1", **fields: str) -> str:
    values = {
        "comment_author": "Rui",
        "comment_date": "2020-05-05 12:00:00",
        "comment_date_gmt": "2020-05-05 10:00:00",
        "comment_type": "",
        **fields,
    }
    return (
        f"<wp:comment><wp:comment_id>{number}</wp:comment_id><wp:comment_parent>{parent}</wp:comment_parent>"
        f"<wp:comment_approved>{approved}</wp:comment_approved>"
        f"<wp:comment_content>{_cdata(text)}</wp:comment_content>"
        + "".join(f"<wp:{name}>{escape(value)}</wp:{name}>" for name, value in values.items())
        + "</wp:comment>"
    )


def attachment(number: int, path: str, *, caption: str = "", alt: str = "", parent: int = 0) -> str:
    url = f"https://old.example/wp-content/uploads/{path}"
    return item(
        number,
        path.rsplit("/", 1)[-1].split(".")[0],
        excerpt=caption,
        post_type="attachment",
        status="inherit",
        attachment_url=url,
        post_parent=str(parent),
        meta={"_wp_attached_file": path, "_wp_attachment_image_alt": alt},
    )


def _cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def in_language(code: str, key: str = "pll_5f1a") -> str:
    return term("language", code, code) + term("post_translations", key, key)


HEADER = (
    author("ana", "Ana Prado"),
    author("tom", "Tom Birk"),
    category(3, "japan", "Japan", parent="asia"),
    category(2, "asia", "Asia"),
    tag("ports", "Ports"),
)
NEWS = term("category", "japan", "Japan") + term("post_tag", "ports", "Ports")
THREAD = (
    comment(11, "First<br />line two", comment_date="2020-05-05 12:00:00")
    + comment(12, "An answer", 11)
    + comment(13, "An answer to that", 12)
    + comment(14, "A deep answer", 13)
    + comment(15, "Buy now", approved="spam")
    + comment(16, "Waiting", approved="0")
    + comment(17, "A ping", comment_type="pingback")
)
