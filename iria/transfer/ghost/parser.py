"""A Ghost export as neutral records.

Categories do not exist in Ghost. By its convention the first tag of a post is its section, so that tag becomes the
category of the text besides being one of its tags. Only a full export of the database has members: subscribers with
their consent, and writers of comments. The usual export of them is a CSV file, which `import_subscribers` reads.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from iria.transfer.bodies import FoundImages, comment_text
from iria.transfer.captions import split_html
from iria.transfer.ghost import bodies
from iria.transfer.ghost.bodies import Place
from iria.transfer.ghost.routes import Facts, Routes, path_of, read_redirects, read_routes
from iria.transfer.ghost.tables import Row, Tables, order_of
from iria.transfer.names import language_of, moment, short_id
from iria.transfer.records import (
    NO_DATE,
    NO_TEXT,
    Author,
    Comment,
    CommentState,
    Consent,
    Image,
    Kind,
    Record,
    Redirect,
    Remark,
    Site,
    State,
    Subscriber,
    Term,
    Text,
)

SYSTEM: Final = "ghost"
STATUS: Final = {
    "published": State.PUBLISHED,
    "scheduled": State.SCHEDULED,
    "draft": State.DRAFT,
    "sent": State.DRAFT,
}
COMMENT_STATUS: Final = {
    "published": CommentState.APPROVED,
    "hidden": CommentState.DELETED,
    "deleted": CommentState.DELETED,
}
CONSENTS: Final = {"subscribed": Consent.SUBSCRIBED, "unsubscribed": Consent.UNSUBSCRIBED}
ALL_PRIMARY: Final = "primary"
"""Stands for “the first tag of each post” among the slugs of tags that become categories."""
INTERNAL: Final = "An internal tag, which readers never saw."
NO_NAME: Final = "The row has neither a name nor a slug."
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST_MILLISECONDS: Final = 10**11
"""Smaller numbers are seconds."""


@dataclass(slots=True)
class Export:
    """One file, with what its site had besides.

    Args:
        url: of the old site, which the export does not name.
        categories: the slugs of tags that become categories; `ALL_PRIMARY` for the first tag of each post.
    """

    file: Path
    url: str = ""
    categories: frozenset[str] = frozenset({ALL_PRIMARY})
    redirects_file: Path | None = None
    routes_file: Path | None = None

    system = SYSTEM

    def records(self) -> Iterator[Record]:
        """Everything in the file: what texts refer to first.

        Raises:
            Unreadable: this file, or that of redirects or routes, is not what it should be.
        """
        tables = Tables(self.file)
        settings = {each.text("key"): each.text("value") for each in tables.rows("settings")}
        routes = self._routes(settings)
        redirects = read_redirects(self.redirects_file) if self.redirects_file else []
        reading = _Reading(tables, routes, Place(self.url.rstrip("/")), self.categories)
        names = ("locale", "default_locale", "defaultLang")
        language = next((settings[name] for name in names if settings.get(name)), "")
        # Without a URL, because exports do not have it, and ids are the same with and without it.
        yield Site(SYSTEM, settings.get("title", ""), language=language_of(language))
        yield from reading.authors()
        yield from reading.terms()
        yield from reading.subscribers()
        yield from reading.damaged()
        for path, shown in routes.lists:
            kind, _, slug = shown.partition(".")
            yield Redirect(path, f"/{kind}/{slug}/")
        yield from reading.moved_terms()
        yield from redirects
        yield from reading.texts()

    def _routes(self, settings: dict[str, str]) -> Routes:
        names = ("timezone", "active_timezone", "activeTimezone")
        known = available_timezones()
        zone = ZoneInfo(next((z for each in names if (z := settings.get(each)) in known), "UTC"))
        if self.routes_file is not None:
            return read_routes(self.routes_file, zone)
        routes = Routes(zone=zone)
        if permalink := settings.get("permalinks"):
            # Before version 2 a setting had it.
            routes.collections = [("", permalink)]
        return routes


@dataclass(slots=True)
class _Reading:
    tables: Tables
    routes: Routes
    place: Place
    categories: frozenset[str]

    def authors(self) -> Iterator[Author]:
        for row in self.tables.rows("users"):
            roles = [
                self.tables.one("roles", each.text("role_id")).line("name")
                for each in self.tables.of("roles_users", row.text("id"))
            ]
            yield Author(
                _key(row),
                row.line("name", "slug") or "Unknown",
                row.text("email"),
                row.text("slug"),
                row.line("bio"),
                tuple(Remark("role not imported", each) for each in roles if each),
                "" if _has_name(row) else NO_NAME,
            )

    def terms(self) -> Iterator[Term]:
        for row in self.tables.rows("tags"):
            if not _has_name(row):
                yield Term(_key(row), "", skipped=NO_NAME)
            elif _is_internal(row):
                yield Term(_key(row), row.line("name"), skipped=INTERNAL)
            else:
                yield _term(row)
        sections: dict[str, Term] = {}
        for row in self._sections():
            sections.setdefault(_key(row), _term(row, Kind.CATEGORIES))
        yield from sections.values()

    def _sections(self) -> Iterator[Row]:
        """The tags that become categories."""
        if ALL_PRIMARY not in self.categories:
            yield from (each for each in self.tables.rows("tags") if _key(each) in self.categories)
            return
        for link in self.tables.first_of_each("posts_tags"):
            tag = self.tables.one("tags", link.text("tag_id"))
            post = self.tables.one("posts", link.text("post_id"))
            if post and _has_name(tag) and not _is_internal(tag):
                yield tag

    def subscribers(self) -> Iterator[Subscriber]:
        """Members, and the subscribers that exports up to version 2 have."""
        has_newsletters = bool(next(self.tables.rows("members_newsletters"), None))
        for row in self.tables.rows("members"):
            yield _subscriber(row, self._consent(row, has_newsletters=has_newsletters))
        for row in self.tables.rows("subscribers"):
            yield _subscriber(row, CONSENTS.get(row.text("status"), Consent.UNCONFIRMED))

    def _consent(self, member: Row, *, has_newsletters: bool) -> Consent:
        """Subscribed only if the file says so: by a newsletter, or before version 5 by a column."""
        email = member.text("email").lower()
        if member.is_true("email_disabled") or self.tables.one("suppressions", email):
            return Consent.SUPPRESSED
        if has_newsletters:
            receives = bool(self.tables.of("members_newsletters", member.text("id")))
        else:
            receives = member.is_true("subscribed")
        return Consent.SUBSCRIBED if receives else Consent.UNSUBSCRIBED

    def damaged(self) -> Iterator[Record]:
        """What stands in a table and is no row."""
        for table, position in self.tables.damaged:
            source_id, reason = f"row {position} of {table}", "It is not an object."
            if table == "posts":
                yield Text(source_id, Kind.POSTS, "", "", "", State.DRAFT, skipped=reason)
            elif table == "users":
                yield Author(source_id, "", skipped=reason)
            elif table == "tags":
                yield Term(source_id, "", skipped=reason)

    def moved_terms(self) -> Iterator[Redirect]:
        """The URLs of tags and authors, if the routes file put them elsewhere."""
        for name, pattern, table in (
            ("tag", self.routes.tag, "tags"),
            ("author", self.routes.author, "users"),
        ):
            if path_of(pattern) == path_of(f"/{name}/{{slug}}/"):
                continue
            for row in self.tables.rows(table):
                if (slug := row.text("slug")) and not (name == "tag" and _is_internal(row)):
                    yield Redirect(self.routes.term(pattern, slug), f"/{name}/{slug}/")

    def texts(self) -> Iterator[Image | Text]:
        images = FoundImages()
        for row in self.tables.rows("posts"):
            text = self._text(row, images)
            yield from images.take()
            yield text

    def _text(self, row: Row, images: FoundImages) -> Text:
        post_id = row.text("id")
        meta = self.tables.one("posts_meta", post_id) if post_id else Row()
        meta = Row({**row, **{name: value for name, value in meta.items() if value is not None}})
        body = bodies.convert(row, self.place)
        is_page = row.text("type") == "page" or row.is_true("page")
        text = Text(
            source_id=_text_id(row),
            kind=Kind.PAGES if is_page else Kind.POSTS,
            title=row.line("title"),
            slug=row.text("slug"),
            body=body.html,
            state=STATUS.get(row.text("status") or "draft", State.DRAFT),
            published_at=date_of(row.get("published_at")),
            modified_at=date_of(row.get("updated_at")),
            standfirst=row.line("custom_excerpt"),
            search_description=meta.line("meta_description", "og_description"),
            social_title=meta.line("og_title", "twitter_title"),
            canonical_url=meta.text("canonical_url").replace(bodies.SITE, ""),
            language=language_of(row.text("locale", "language")),
            remarks=body.remarks,
            credits=body.credits,
            comments=self._comments(post_id),
        )
        for url in body.images:
            images.add(self._image(url, body.credits.get(self.place.image_id(url), "")))
        self._set_lead(text, meta, images)
        self._set_people_and_terms(text, row, post_id)
        _set_state(text, row, meta)
        if not (text.title or text.slug or text.body):
            text.skipped = "The row has no title, no slug and no text."
        return text

    def _comments(self, post_id: str) -> list[Comment]:
        comments = []
        for row in self.tables.of("comments", post_id) if post_id else []:
            member = self.tables.one("members", row.text("member_id"))
            text = comment_text(row.text("html"))
            comments.append(
                Comment(
                    short_id(row.text("id") or "?"),
                    member.line("name")[:80],
                    text,
                    date_of(row.get("created_at")),
                    COMMENT_STATUS.get(row.text("status"), CommentState.PENDING),
                    member.text("email").strip(),
                    row.text("in_reply_to_id", "parent_id"),
                    "" if text else NO_TEXT,
                )
            )
        return comments

    def _set_lead(self, text: Text, meta: Row, images: FoundImages) -> None:
        url = meta.text("feature_image", "image")
        if not url:
            return
        parts = split_html(meta.text("feature_image_caption").replace(bodies.SITE, ""))
        if parts.is_undecided:
            text.remarks.append(Remark("undecided credit", parts.text))
        text.lead_image = self.place.image_id(url)
        text.lead_caption = parts.caption
        text.lead_alt = meta.line("feature_image_alt")
        if parts.credit:
            text.credits.setdefault(text.lead_image, parts.credit)
        images.add(self._image(url, parts.credit, text.lead_alt))

    def _image(self, url: str, credit: str, alt: str = "") -> Image:
        source_id = self.place.image_id(url)
        if url.strip().startswith("data:"):
            return Image(source_id, "", "", skipped="It is within the text, not in a file.")
        place = self.place
        return Image(source_id, place.image_url(url), place.image(url), alt=alt, credit=credit)

    def _set_people_and_terms(self, text: Text, row: Row, post_id: str) -> None:
        authors = self._linked("posts_authors", post_id, "author_id", "users", text)
        if not authors and (author_id := row.text("author_id")):
            authors = [author] if (author := self.tables.one("users", author_id)) else []
            if not authors:
                text.remarks.append(Remark("unknown author", f"{author_id} is not in the file."))
        authors = [each for each in authors if _has_name(each)]
        text.authors = [_key(each) for each in authors]
        tags = self._linked("posts_tags", post_id, "tag_id", "tags", text)
        tags = [each for each in tags if _has_name(each)]
        public = [each for each in tags if not _is_internal(each)]
        text.tags = [_term(each) for each in public]
        text.remarks += [
            Remark("internal tag", each.line("name")) for each in tags if _is_internal(each)
        ]
        primary = [each for each in tags[:1] if not _is_internal(each)]
        sections = primary
        if ALL_PRIMARY not in self.categories:
            sections = [each for each in public if _key(each) in self.categories]
        text.categories = [_term(each, Kind.CATEGORIES) for each in sections]
        text.path = self._path(text, row, tags, primary, authors)
        if text.slug and (text.kind == Kind.PAGES or f"post.{text.slug}" in self.routes.shown_at):
            # Ghost redirects it to where a route shows it.
            text.old_paths += {path_of(f"/{text.slug}/")} - {text.path, "/"}

    def _linked(self, link: str, post_id: str, column: str, name: str, text: Text) -> list[Row]:
        linked = []
        for each in sorted(self.tables.of(link, post_id) if post_id else [], key=order_of):
            key = each.text(column)
            if row := self.tables.one(name, key):
                linked.append(row)
            else:
                text.remarks.append(
                    Remark("broken link", f"{link}: {column} {key or 'empty'} is not in the file.")
                )
        return linked

    def _path(
        self, text: Text, row: Row, tags: list[Row], primary: list[Row], authors: list[Row]
    ) -> str:
        kind = "page" if text.kind == Kind.PAGES else "post"
        if path := self.routes.shown_at.get(f"{kind}.{text.slug}", ""):
            return "" if path == "/" else path
        if text.slug and text.kind == Kind.PAGES:
            path = path_of(f"/{text.slug}/")
        elif text.slug:
            slugs = tuple(each.text("slug") for each in authors)
            fields = {
                "slug": (text.slug,),
                "id": (row.text("id"),),
                "uuid": (row.text("uuid"),),
                "tag": tuple(each.text("slug") for each in tags),
                "primary_tag": tuple(each.text("slug") for each in primary),
                "author": slugs,
                "primary_author": slugs[:1],
                "featured": ("true" if row.is_true("featured") else "false",),
                "visibility": (row.text("visibility") or "public",),
            }
            path = self.routes.post(Facts(fields, text.published_at))
        return "" if path == "/" and kind == "post" else path


def date_of(value: object) -> datetime | None:
    """A date as milliseconds, or as text in UTC."""
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            seconds = value / 1000 if abs(value) >= EARLIEST_MILLISECONDS else value
            found = EPOCH + timedelta(seconds=seconds)
        except OverflowError:
            return None
        return found if 1900 <= found.year < 9999 else None
    return moment(value, UTC) if isinstance(value, str) else None


def _set_state(text: Text, row: Row, meta: Row) -> None:
    """What the status means here; whatever was not for everybody becomes a draft."""
    status, visibility = row.text("status"), row.text("visibility") or "public"
    if status and status not in STATUS:
        text.remarks.append(Remark("unknown status", f"“{status}”: imported as a draft."))
    if status == "sent" or meta.is_true("email_only"):
        text.state = State.DRAFT
        text.remarks.append(Remark("sent by e-mail only", "Imported as a draft."))
    elif visibility != "public":
        text.state = State.DRAFT
        text.remarks.append(Remark("for members", f"“{visibility}”: imported as a draft."))
    if row.is_true("featured"):
        text.remarks.append(Remark("featured", "Place it on the front page by hand."))
    if (title := meta.line("meta_title")) and title != text.title:
        text.remarks.append(Remark("title for search engines", title))
    if image := meta.text("og_image", "twitter_image"):
        text.remarks.append(Remark("image for sharing", image.replace(bodies.SITE, "")))
    if meta.line("codeinjection_head", "codeinjection_foot"):
        text.remarks.append(
            Remark("code injection", "Scripts and styles of the page were not imported.")
        )
    if text.state == State.PUBLISHED and text.published_at is None:
        text.remarks.append(NO_DATE)


def _subscriber(row: Row, consent: Consent) -> Subscriber:
    email = row.text("email").strip()
    return Subscriber(
        short_id(row.text("id", "uuid") or "?"),
        email,
        consent,
        row.line("name"),
        date_of(row.get("created_at")),
        "" if email else "The row has no e-mail address.",
    )


def _term(row: Row, kind: Kind = Kind.TAGS) -> Term:
    return Term(_key(row), row.line("name", "slug"), kind, description=row.line("description"))


def _key(row: Row) -> str:
    """The slug, because URLs have it."""
    return short_id(row.text("slug", "id") or row.line("name") or "?")


def _text_id(row: Row) -> str:
    """The id, because slugs change. Numbers of old exports are not those of `/?p=7`, so they get a word."""
    number = row.text("id")
    if number.isdecimal():
        return f"post {number}"
    return short_id(number or row.text("slug") or row.line("title") or "?")


def _has_name(row: Row) -> bool:
    return bool(row.line("name", "slug"))


def _is_internal(row: Row) -> bool:
    return row.text("visibility") == "internal" or row.text("name").startswith("#")
