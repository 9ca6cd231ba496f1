"""A Ghost export as neutral records.

Categories do not exist in Ghost. By its convention the first tag of a post is its section, so that tag becomes the
category of the text besides being one of its tags. Only a full export of the database has members: subscribers with
their consent, and writers of comments. The usual export of them is a CSV file, which `import_subscribers` reads.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from iria.transfer.bodies import comment_text
from iria.transfer.captions import split_html
from iria.transfer.ghost import bodies
from iria.transfer.ghost.bodies import Place
from iria.transfer.ghost.routes import Facts, Routes, path_of, read_redirects, read_routes
from iria.transfer.ghost.tables import Row, Tables, order_of, text_of
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

STATES: Final = {
    "published": CommentState.APPROVED,
    "hidden": CommentState.DELETED,
    "deleted": CommentState.DELETED,
}
TRUE: Final = frozenset({"1", "true"})


def subscribers(tables: Tables) -> Iterator[Subscriber]:
    """Members, and the subscribers that exports up to version 2 have."""
    has_newsletters = bool(next(tables.rows("members_newsletters"), None))
    for row in tables.rows("members"):
        yield _subscriber(row, _consent_of_member(row, tables, has_newsletters=has_newsletters))
    for row in tables.rows("subscribers"):
        yield _subscriber(row, _consent_of_subscriber(row))


def _consent_of_member(row: Row, tables: Tables, *, has_newsletters: bool) -> Consent:
    """Subscribed only if the file says so: by a newsletter, or before version 5 by a column."""
    email = text_of(row.get("email")).lower()
    if text_of(row.get("email_disabled")) in TRUE or tables.one("suppressions", email):
        return Consent.SUPPRESSED
    if has_newsletters:
        links = tables.of("members_newsletters", text_of(row.get("id")))
        return Consent.SUBSCRIBED if links else Consent.UNSUBSCRIBED
    return Consent.SUBSCRIBED if text_of(row.get("subscribed")) in TRUE else Consent.UNSUBSCRIBED


def _consent_of_subscriber(row: Row) -> Consent:
    match text_of(row.get("status")) or "":
        case "subscribed":
            return Consent.SUBSCRIBED
        case "unsubscribed":
            return Consent.UNSUBSCRIBED
    return Consent.UNCONFIRMED


def _subscriber(row: Row, consent: Consent) -> Subscriber:
    return Subscriber(
        short_id(text_of(row.get("id")) or text_of(row.get("uuid")) or "?"),
        text_of(row.get("email")).strip(),
        consent,
        " ".join(text_of(row.get("name")).split()),
        date_of(row.get("created_at")),
        "" if text_of(row.get("email")).strip() else "The row has no e-mail address.",
    )


def comments_of(tables: Tables, post_id: str) -> list[Comment]:
    comments = []
    for row in tables.of("comments", post_id) if post_id else []:
        member = tables.one("members", text_of(row.get("member_id")))
        text = comment_text(_text(row, "html"))
        comments.append(
            Comment(
                short_id(text_of(row.get("id")) or "?"),
                " ".join(text_of(member.get("name")).split())[:80],
                text,
                date_of(row.get("created_at")),
                STATES.get(text_of(row.get("status")), CommentState.PENDING),
                text_of(member.get("email")).strip(),
                text_of(row.get("in_reply_to_id")) or text_of(row.get("parent_id")),
                "" if text else NO_TEXT,
            )
        )
    return comments


SYSTEM: Final = "ghost"
STATUS: Final = {
    "published": State.PUBLISHED,
    "scheduled": State.SCHEDULED,
    "draft": State.DRAFT,
    "sent": State.DRAFT,
}
ALL_PRIMARY: Final = "primary"
"""Stands for “the first tag of each post” among the slugs of tags that become categories."""
INTERNAL: Final = "An internal tag, which readers never saw."
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
    _redirects: list[Redirect] = field(default_factory=list)
    _routes: Routes = field(default_factory=Routes)

    system = SYSTEM

    def _read(self) -> Tables:
        """The whole file, and those of redirects and routes."""
        tables = Tables(self.file)
        settings = _settings(tables)
        zone = _zone(settings)
        if self.routes_file is not None:
            self._routes = read_routes(self.routes_file, zone)
        else:
            self._routes = Routes(zone=zone)
            if permalink := settings.get("permalinks"):
                # Before version 2 a setting had it.
                self._routes.collections = [("", permalink)]
        if self.redirects_file is not None:
            self._redirects = read_redirects(self.redirects_file)
        return tables

    def records(self) -> Iterator[Record]:
        """Everything in the file: what texts refer to first.

        Raises:
            Unreadable: this file, or that of redirects or routes, is not what it should be.
        """
        tables = self._read()
        reading = _Reading(tables, self._routes, Place(self.url.rstrip("/")), self.categories)
        yield reading.site()
        yield from reading.authors()
        yield from reading.terms()
        yield from subscribers(tables)
        yield from reading.damaged()
        yield from self._all_redirects(reading)
        yield from reading.texts()

    def _all_redirects(self, reading: "_Reading") -> Iterator[Redirect]:
        for path, shown in self._routes.lists:
            kind, _, slug = shown.partition(".")
            yield Redirect(path, f"/{kind}/{slug}/")
        yield from reading.moved_terms()
        yield from self._redirects


@dataclass(slots=True)
class _Reading:
    tables: Tables
    routes: Routes
    place: Place
    categories: frozenset[str]

    def site(self) -> Site:
        """Without a URL, because exports do not have it, and ids are the same with and without it."""
        settings = _settings(self.tables)
        names = ("locale", "default_locale", "defaultLang")
        language = next((settings[name] for name in names if settings.get(name)), "")
        return Site(SYSTEM, settings.get("title", ""), language=language_of(language))

    def authors(self) -> Iterator[Author]:
        for row in self.tables.rows("users"):
            name = _line(row.get("name"))
            roles = [
                _line(self.tables.one("roles", text_of(each.get("role_id"))).get("name"))
                for each in self.tables.of("roles_users", text_of(row.get("id")))
            ]
            remarks = (Remark("role not imported", each) for each in roles if each)
            yield Author(
                _key(row),
                name or _text(row, "slug") or "Unknown",
                _text(row, "email"),
                _text(row, "slug"),
                _line(row.get("bio")),
                tuple(remarks),
                "" if _has_name(row) else "The row has neither a name nor a slug.",
            )

    def terms(self) -> Iterator[Term]:
        for row in self.tables.rows("tags"):
            if not _has_name(row):
                yield Term(_key(row), "", skipped="The row has neither a name nor a slug.")
            elif _is_internal(row):
                yield Term(_key(row), _line(row.get("name")), skipped=INTERNAL)
            else:
                yield _term(row)
        seen: set[str] = set()
        for row in self._sections():
            term = _term(row, Kind.CATEGORIES)
            if term.source_id not in seen:
                seen.add(term.source_id)
                yield term

    def _sections(self) -> Iterator[Row]:
        """The tags that become categories."""
        if ALL_PRIMARY not in self.categories:
            yield from (each for each in self.tables.rows("tags") if _key(each) in self.categories)
            return
        for link in self.tables.first_of_each("posts_tags"):
            tag = self.tables.one("tags", text_of(link.get("tag_id")))
            post = self.tables.one("posts", text_of(link.get("post_id")))
            if post and _has_name(tag) and not _is_internal(tag):
                yield tag

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
                if (slug := _text(row, "slug")) and not (name == "tag" and _is_internal(row)):
                    yield Redirect(self.routes.term(pattern, slug), f"/{name}/{slug}/")

    def texts(self) -> Iterator[Image | Text]:
        run = self.tables.start()
        for row in self.tables.rows("posts"):
            text, images = self._text(row)
            for image in images:
                if self.tables.is_new(run, image.source_id):
                    yield image
            yield text

    def _text(self, row: Row) -> tuple[Text, list[Image]]:
        post_id = text_of(row.get("id"))
        meta = {**row, **{k: v for k, v in self._meta(post_id).items() if v is not None}}
        body = bodies.convert(row, self.place)
        is_page = text_of(row.get("type")) == "page" or text_of(row.get("page")) in {"1", "true"}
        text = Text(
            source_id=_text_id(row),
            kind=Kind.PAGES if is_page else Kind.POSTS,
            title=_line(row.get("title")),
            slug=_text(row, "slug"),
            body=body.html,
            state=STATUS.get(text_of(row.get("status")) or "draft", State.DRAFT),
            published_at=date_of(row.get("published_at")),
            modified_at=date_of(row.get("updated_at")),
            standfirst=_line(row.get("custom_excerpt")),
            search_description=_line(meta.get("meta_description") or meta.get("og_description")),
            social_title=_line(meta.get("og_title") or meta.get("twitter_title")),
            canonical_url=_text(meta, "canonical_url").replace(bodies.SITE, ""),
            language=language_of(_text(row, "locale") or _text(row, "language")),
            remarks=body.remarks,
            credits=body.credits,
            comments=comments_of(self.tables, post_id),
        )
        images = [self._image(url, body.credits) for url in body.images]
        images += self._set_lead(text, meta)
        self._set_people_and_terms(text, row, post_id)
        _set_state(text, row, meta)
        if not (text.title or text.slug or text.body):
            text.skipped = "The row has no title, no slug and no text."
        return text, images

    def _meta(self, post_id: str) -> Row:
        return self.tables.one("posts_meta", post_id) if post_id else {}

    def _set_lead(self, text: Text, meta: Row) -> list[Image]:
        url = _text(meta, "feature_image") or _text(meta, "image")
        if not url:
            return []
        parts = split_html(_text(meta, "feature_image_caption").replace(bodies.SITE, ""))
        if parts.is_undecided:
            text.remarks.append(Remark("undecided credit", parts.text))
        text.lead_image = self.place.image_id(url)
        text.lead_caption = parts.caption
        text.lead_alt = _line(meta.get("feature_image_alt"))
        credits = {text.lead_image: parts.credit} if parts.credit else {}
        if parts.credit:
            text.credits.setdefault(text.lead_image, parts.credit)
        return [self._image(url, credits, text.lead_alt)]

    def _image(self, url: str, credits: dict[str, str], alt: str = "") -> Image:
        source_id = self.place.image_id(url)
        if url.strip().startswith("data:"):
            return Image(source_id, "", "", skipped="It is within the text, not in a file.")
        return Image(
            source_id,
            self.place.image_url(url),
            self.place.image(url),
            alt=alt,
            credit=credits.get(source_id, ""),
        )

    def _set_people_and_terms(self, text: Text, row: Row, post_id: str) -> None:
        authors = self._linked("posts_authors", post_id, "author_id", "users", text)
        if not authors and (author_id := text_of(row.get("author_id"))):
            author = self.tables.one("users", author_id)
            authors = [author] if author else []
            if not author:
                text.remarks.append(Remark("unknown author", f"{author_id} is not in the file."))
        authors = [each for each in authors if _has_name(each)]
        text.authors = [_key(each) for each in authors]
        tags = [
            each
            for each in self._linked("posts_tags", post_id, "tag_id", "tags", text)
            if _has_name(each)
        ]
        public = [each for each in tags if not _is_internal(each)]
        text.tags = [_term(each) for each in public]
        text.remarks += [
            Remark("internal tag", _line(each.get("name"))) for each in tags if _is_internal(each)
        ]
        primary = [tags[0]] if tags and not _is_internal(tags[0]) else []
        sections = (
            primary
            if ALL_PRIMARY in self.categories
            else [each for each in public if _key(each) in self.categories]
        )
        text.categories = [_term(each, Kind.CATEGORIES) for each in sections]
        text.path = self._path(text, row, tags, primary, authors)
        if text.slug and (text.kind == Kind.PAGES or f"post.{text.slug}" in self.routes.shown_at):
            # Ghost redirects it to where a route shows it.
            text.old_paths += {path_of(f"/{text.slug}/")} - {text.path, "/"}

    def _linked(self, link: str, post_id: str, column: str, name: str, text: Text) -> list[Row]:
        linked = []
        for each in sorted(self.tables.of(link, post_id) if post_id else [], key=order_of):
            key = text_of(each.get(column))
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
        if shown := self.routes.shown_at.get(f"{kind}.{text.slug}"):
            return shown if shown != "/" else ""
        if not text.slug:
            return ""
        if text.kind == Kind.PAGES:
            return path_of(f"/{text.slug}/")
        slugs = tuple(_text(each, "slug") for each in authors)
        facts = Facts(
            {
                "slug": (text.slug,),
                "id": (text_of(row.get("id")),),
                "uuid": (text_of(row.get("uuid")),),
                "tag": tuple(_text(each, "slug") for each in tags),
                "primary_tag": tuple(_text(each, "slug") for each in primary),
                "author": slugs,
                "primary_author": slugs[:1],
                "featured": ("true" if text_of(row.get("featured")) in {"1", "true"} else "false",),
                "visibility": (_text(row, "visibility") or "public",),
            },
            text.published_at,
        )
        path = self.routes.post(facts)
        return "" if path == "/" else path


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
    status = text_of(row.get("status"))
    if status and status not in STATUS:
        text.remarks.append(Remark("unknown status", f"“{status}”: imported as a draft."))
    visibility = text_of(row.get("visibility")) or "public"
    is_mail = status == "sent" or text_of(meta.get("email_only")) in {"1", "true"}
    if is_mail:
        text.state = State.DRAFT
        text.remarks.append(Remark("sent by e-mail only", "Imported as a draft."))
    elif visibility != "public":
        text.state = State.DRAFT
        text.remarks.append(Remark("for members", f"“{visibility}”: imported as a draft."))
    if text_of(row.get("featured")) in {"1", "true"}:
        text.remarks.append(Remark("featured", "Place it on the front page by hand."))
    if (title := _line(meta.get("meta_title"))) and title != text.title:
        text.remarks.append(Remark("title for search engines", title))
    if image := _text(meta, "og_image") or _text(meta, "twitter_image"):
        text.remarks.append(Remark("image for sharing", image.replace(bodies.SITE, "")))
    if _text(meta, "codeinjection_head").strip() or _text(meta, "codeinjection_foot").strip():
        text.remarks.append(
            Remark("code injection", "Scripts and styles of the page were not imported.")
        )
    if text.state == State.PUBLISHED and text.published_at is None:
        text.remarks.append(NO_DATE)


def _settings(tables: Tables) -> dict[str, str]:
    return {
        text_of(each.get("key")): text_of(each.get("value")) for each in tables.rows("settings")
    }


def _zone(settings: dict[str, str]) -> ZoneInfo:
    names = (settings.get(each, "") for each in ("timezone", "active_timezone", "activeTimezone"))
    known = available_timezones()
    return ZoneInfo(next((each for each in names if each in known), "UTC"))


def _term(row: Row, kind: Kind = Kind.TAGS) -> Term:
    return Term(
        _key(row),
        _line(row.get("name")) or _text(row, "slug"),
        kind,
        description=_line(row.get("description")),
    )


def _key(row: Row) -> str:
    """The slug, because URLs have it."""
    name = _text(row, "slug") or text_of(row.get("id")) or _line(row.get("name"))
    return short_id(name or "?")


def _text_id(row: Row) -> str:
    """The id, because slugs change. Numbers of old exports are not those of `/?p=7`, so they get a word."""
    number = text_of(row.get("id"))
    if number.isdecimal():
        return f"post {number}"
    return short_id(number or _text(row, "slug") or _line(row.get("title")) or "?")


def _has_name(row: Row) -> bool:
    return bool(_line(row.get("name")) or _text(row, "slug"))


def _is_internal(row: Row) -> bool:
    return _text(row, "visibility") == "internal" or _text(row, "name").startswith("#")


def _text(row: Row, name: str) -> str:
    given = row.get(name)
    return given if isinstance(given, str) else ""


def _line(value: object) -> str:
    """A text of one line. Ghost has no HTML outside texts and captions."""
    return " ".join(value.split()) if isinstance(value, str) else ""
