"""A Ghost export becomes articles, pages, images, redirects and subscribers, once."""

import json
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.editorial.models import Article
from articles.images.models import Image
from articles.pages.models import Page
from iria.transfer.models import ImportedItem
from iria.transfer.report import Outcome
from newsletter.models import Consent, Newsletter, Subscriber
from newsletter.subscriptions import opt_in, suppression
from tests.iria.transfer import ghost_export
from tests.iria.transfer.ghost_export import lexical, names, paragraph, post, tables_of, text
from tests.newsroom import picture_file
from tests.shared import shared_data

pytestmark = pytest.mark.django_db

Run = Callable[..., dict[str, Any]]
TABLES: dict[str, Any] = {
    "posts": [
        post("a1", slug="cranes"),
        post("a2", slug="ships", title="Ships"),
        post("a3", slug="about", title="About", type="page"),
        post("a4", slug="secret", visibility="paid"),
    ],
    "tags": [
        {"id": "t1", "name": "Ports", "slug": "ports"},
        {"id": "t2", "name": "#hidden", "slug": "hash-hidden", "visibility": "internal"},
    ],
    "posts_tags": [{"post_id": "a1", "tag_id": each} for each in ("t1", "t2")],
    "users": [{"id": "u1", "name": "Ana Prado", "slug": "ana-prado"}],
    "posts_authors": [{"post_id": "a1", "author_id": "u1"}],
    "members": [
        {"id": "m1", "email": "ana@example.org", "name": "Ana"},
        {"id": "m2", "email": "Tom@Example.org"},
        {"id": "m3", "email": "bounced@example.org", "email_disabled": True},
        {"id": "m4", "email": "not an address"},
        {"id": "m5", "email": "ANA@example.org"},
    ],
    "members_newsletters": [
        {"member_id": each, "newsletter_id": "n1"} for each in ("m1", "m4", "m5")
    ],
}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run(tables: dict[str, Any], status: int = 0, **options: Any) -> dict[str, Any]:
        file = ghost_export.write(tmp_path, **tables)
        target = tmp_path / "report.json"
        with pytest.raises(SystemExit) if status else nullcontext() as stopped:
            call_command("import_ghost", file, report=target, verbosity=0, **options)
        assert stopped is None or stopped.value.code == status
        found: dict[str, Any] = json.loads(target.read_text())
        for counts in found["counts"].values():
            assert counts["found"] == sum(counts[each] for each in Outcome)
        return found

    return run


@pytest.fixture
def mailing() -> dict[str, Any]:
    Newsletter.objects.update_or_create(slug="weekly", defaults={"name": "Weekly"})
    return {"newsletter": ["weekly"], "consent": "Form of the old site"}


def test_posts_become_articles_and_pages_become_pages(run: Run, client: Client) -> None:
    report = run(TABLES)
    article = Article.objects.get(slug="cranes")
    assert article.get_absolute_url() == "/2024/02/cranes/"
    assert article.body == "<p>Hello.</p>"
    assert [each.name for each in article.tags.all()] == ["Ports"]
    assert [each.path for each in article.categories.all()] == ["ports"]
    assert [each.author.name for each in article.bylines.select_related("author")] == ["Ana Prado"]
    assert not Article.objects.get(slug="secret").is_published
    assert Page.objects.get(path="about").is_published
    assert client.get("/cranes/")["Location"] == "/2024/02/cranes/"
    assert client.get("/tag/ports/").status_code == 200
    assert report["counts"]["posts"]["created"] == 3
    assert report["counts"]["tags"] == {
        "found": 2, "created": 1, "updated": 0, "unchanged": 0, "skipped": 1, "failed": 0
    }  # fmt: skip


def test_importing_twice_changes_nothing(run: Run, mailing: dict[str, Any]) -> None:
    tables = TABLES | {"members": TABLES["members"][:3]}
    run(tables, **mailing)
    before = list(ImportedItem.objects.order_by("pk").values_list("pk", "written", "object_id"))
    second = run(tables, **mailing)
    for counts in second["counts"].values():
        assert counts["created"] == counts["updated"] == counts["failed"] == 0
    after = list(ImportedItem.objects.order_by("pk").values_list("pk", "written", "object_id"))
    assert after == before


@pytest.mark.parametrize("name", names() or ["export__default_export.json"])
def test_an_export_from_elsewhere_is_in_the_database_once(name: str, tmp_path: Path) -> None:
    file, target = shared_data("ghost", "fixtures", name), tmp_path / "report.json"
    tables = tables_of(file)
    pages = [each for each in tables["posts"] if each["page"]]
    posts = len(tables["posts"]) - len(pages)
    users = {each.get("slug") or each["name"] for each in tables.get("users", [])}
    tags = {each["slug"] for each in tables.get("tags", []) if each["slug"]}
    for _ in range(2):
        call_command("import_ghost", file, report=target, verbosity=0)
        assert (Article.objects.count(), Page.objects.count()) == (posts, len(pages))
        assert AuthorProfile.objects.count() == len(users)
        assert Tag.objects.count() == len(tags)
    counts = json.loads(target.read_text())["counts"]
    for each in counts.values():
        assert each["created"] == each["updated"] == each["failed"] == 0
    found = {kind: each["found"] for kind, each in counts.items()}
    assert found.get("posts", 0) == posts
    assert found.get("tags", 0) == len(tables.get("tags", []))
    assert found.get("authors", 0) == len(tables.get("users", []))
    links = Article.tags.through.objects.count()
    assert links == len({(text, tag) for text, tag in _links(tables) if tag in tags})


def _links(tables: dict[str, list[dict[str, Any]]]) -> Iterator[tuple[Any, str]]:
    slugs = {each["id"]: each["slug"] for each in tables.get("tags", [])}
    posts = {each["id"] for each in tables["posts"]}
    for each in tables.get("posts_tags", []):
        if each["post_id"] in posts and each["tag_id"] in slugs:
            yield each["post_id"], slugs[each["tag_id"]]


def test_images_are_found_in_the_content_folder(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "content" / "images" / "2024" / "05"
    folder.mkdir(parents=True)
    (folder / "quay.jpg").write_bytes(picture_file(colour="red").read())
    (folder / "crane.jpg").write_bytes(picture_file(colour="teal").read())
    url = "__GHOST_URL__/content/images"
    body = lexical(
        paragraph(text("One.")),
        {"type": "image", "src": f"{url}/size/w600/2024/05/quay.jpg", "alt": "A quay"}
        | {"caption": "The quay. Photo: Mira Field"},
        {"type": "image", "src": "https://else.example/x.jpg"},
    )
    tables = {
        "posts": [post(lexical=body, feature_image=f"{url}/2024/05/crane.jpg")],
        "posts_meta": [
            {"post_id": "a1", "feature_image_alt": "A crane"}
            | {"feature_image_caption": "The crane. © Ilse Brandt"}
        ],
    }
    for media in (tmp_path / "content", tmp_path / "content" / "images"):
        report = run(tables, media=media)
        assert report["counts"]["images"]["skipped"] == 1
    article = Article.objects.get()
    lead, quay = article.lead_image, Image.objects.get(credit="Mira Field")
    assert lead is not None
    assert (lead.credit, article.lead_caption, article.lead_alt) == (
        "Ilse Brandt",
        "The crane.",
        "A crane",
    )
    assert f'<figure data-image="{quay.pk}" data-alt="A quay">' in article.body
    assert 'href="https://else.example/x.jpg"' in article.body
    assert report["counts"]["images"]["unchanged"] == 2


def test_redirects_of_the_old_site_lead_to_what_is_here(
    run: Run, tmp_path: Path, client: Client
) -> None:
    redirects = tmp_path / "redirects.json"
    rules = [
        ("/old-cranes/", "/cranes/"),
        ("/older-cranes/", "/old-cranes/"),
        ("/old-about/", "/about/"),
        ("/topics/", "/tag/ports/"),
        ("/round/", "/round/"),
        ("/gone/", "/nothing/"),
        ("/away/", "https://else.example/"),
        ("^/blog/(.*)", "/$1"),
    ]
    redirects.write_text(json.dumps([{"from": old, "to": new} for old, new in rules]))
    report = run(TABLES, redirects=redirects)
    for old, new in (
        ("/old-cranes/", "/2024/02/cranes/"),
        ("/older-cranes/", "/2024/02/cranes/"),
        ("/old-about/", "/about/"),
        ("/topics/", "/tag/ports/"),
    ):
        assert client.get(old)["Location"] == new
    reasons = {
        each["source_id"]: each["reason"]
        for each in report["items"]
        if each["kind"] == "redirects" and each["outcome"] == Outcome.SKIPPED
    }
    assert set(reasons) == {"/round/", "/gone/", "/away/", "^/blog/(.*)"}
    assert all(reasons.values())


def test_links_between_texts_follow_their_targets(run: Run) -> None:
    link = {"type": "link", "url": "__GHOST_URL__/ships/", "children": [text("Ships")]}
    posts = [post("a1", lexical=lexical(paragraph(link))), post("a2", slug="ships", title="Ships")]
    run({"posts": posts})
    ships = Article.objects.get(slug="ships")
    assert f"internal:article/{ships.pk}" in Article.objects.exclude(pk=ships.pk).get().body


def test_members_are_left_out_unless_a_newsletter_is_named(run: Run) -> None:
    report = run(TABLES)
    assert report["counts"]["subscribers"]["skipped"] == 5
    assert not Subscriber.objects.exists()


def test_a_newsletter_needs_a_proof_of_consent(run: Run, mailing: dict[str, Any]) -> None:
    with pytest.raises(CommandError):
        run(TABLES, newsletter=["weekly"])
    with pytest.raises(CommandError):
        run(TABLES, **mailing | {"newsletter": ["unknown"]})


def test_members_keep_their_consent(run: Run, mailing: dict[str, Any]) -> None:
    report = run(TABLES, status=1, **mailing)
    states = dict(Subscriber.objects.values_list("email", "state"))
    assert states == {
        "ana@example.org": "active",
        "Tom@example.org": "left",
        "bounced@example.org": "suppressed",
    }
    ana = Subscriber.objects.get(email="ana@example.org")
    assert ana.name == "Ana"
    assert [each.newsletter.slug for each in ana.subscriptions.select_related("newsletter")] == [
        "weekly"
    ]
    consent = Consent.objects.get()
    assert (consent.subscriber, consent.wording) == (ana, "Form of the old site")
    assert consent.confirmed_at is not None
    assert suppression.is_suppressed("bounced@example.org")
    counts = report["counts"]["subscribers"]
    assert (counts["created"], counts["skipped"], counts["failed"]) == (3, 1, 1)
    assert "ana@" not in json.dumps(report).lower()


def test_nobody_who_unsubscribed_or_was_erased_is_resubscribed(
    run: Run, mailing: dict[str, Any]
) -> None:
    left, erased = "left@example.org", "erased@example.org"
    members = [{"id": "m1", "email": left}, {"id": "m2", "email": erased}]
    links = [{"member_id": each, "newsletter_id": "n1"} for each in ("m1", "m2")]
    tables = {"members": members, "members_newsletters": links}
    run(tables, **mailing)
    opt_in.unsubscribe(Subscriber.objects.get(email=left).token)
    opt_in.erase(Subscriber.objects.get(email=erased))
    counts = run(tables, **mailing)["counts"]["subscribers"]
    assert (counts["unchanged"], counts["skipped"]) == (1, 1)
    ImportedItem.objects.all().delete()
    assert run(tables, **mailing)["counts"]["subscribers"]["skipped"] == 1
    assert Subscriber.objects.get(email=left).state == "left"


def test_members_who_unsubscribed_in_ghost_are_unsubscribed(
    run: Run, mailing: dict[str, Any]
) -> None:
    members = [{"id": "m1", "email": "ana@example.org", "subscribed": True}]
    run({"members": members}, **mailing)
    members[0]["subscribed"] = False
    assert run({"members": members}, **mailing)["counts"]["subscribers"]["updated"] == 1
    assert Subscriber.objects.get().state == "left"
    assert run({"members": members}, **mailing)["counts"]["subscribers"]["unchanged"] == 1


def test_a_subscriber_from_here_gets_the_newsletter_too(run: Run, mailing: dict[str, Any]) -> None:
    Subscriber.objects.create(email="ana@example.org")
    members = [{"id": "m1", "email": "Ana@example.org", "subscribed": True}]
    assert run({"members": members}, **mailing)["counts"]["subscribers"]["updated"] == 1
    subscriber = Subscriber.objects.get()
    assert subscriber.is_active
    assert subscriber.subscriptions.count() == 1


@pytest.mark.parametrize("between", [0, 600])
def test_of_two_members_with_one_id_the_first_is_imported(
    run: Run, mailing: dict[str, Any], between: int
) -> None:
    members = [
        {"id": "m", "email": "ana@example.org", "subscribed": True},
        *({"id": f"n{n}", "email": f"{n}@example.org"} for n in range(between)),
        {"id": "m", "email": "tom@example.org", "subscribed": False},
    ]
    report = run({"members": members}, **mailing)
    assert report["counts"]["subscribers"]["skipped"] == 1
    assert Subscriber.objects.get(email="ana@example.org").is_active
    assert not Subscriber.objects.filter(email="tom@example.org").exists()


def test_undoing_removes_the_subscribers_of_an_import(run: Run, mailing: dict[str, Any]) -> None:
    tables = TABLES | {"members": TABLES["members"][:2]}
    run(tables, **mailing)
    opt_in.unsubscribe(Subscriber.objects.get(email="ana@example.org").token)
    number = ImportedItem.objects.values_list("created_in", flat=True)[0]
    call_command("undo_import", number, verbosity=0)
    assert [each.email for each in Subscriber.objects.all()] == ["ana@example.org"]


@pytest.mark.parametrize("value", ["\x00\x01", "\ud800\udfff", "x" * 30_000, "\u202e '\"<b>&%s{{"])
def test_no_value_of_a_column_ends_an_import(
    run: Run, mailing: dict[str, Any], tmp_path: Path, value: str
) -> None:
    odd = f"a{value}b"
    redirects = tmp_path / "redirects.json"
    redirects.write_text(json.dumps([{"from": f"/{odd}/", "to": "/cranes/"}]))
    given = {"title": odd, "slug": odd, "html": f"<p>{odd}</p>", "lexical": None}
    given |= {"feature_image": odd, "canonical_url": odd, "custom_excerpt": odd, "locale": odd}
    tables = {
        "posts": [post("a1", slug="cranes"), post(odd, **given), post("p", type="page", **given)],
        "posts_meta": [{"post_id": odd, "og_title": odd, "feature_image_caption": odd}],
        "tags": [{"id": odd, "name": odd, "slug": odd, "description": odd}],
        "posts_tags": [{"post_id": odd, "tag_id": odd}],
        "users": [{"id": odd, "name": odd, "slug": odd, "bio": odd}],
        "posts_authors": [{"post_id": odd, "author_id": odd}],
        "members": [{"id": odd, "email": f"{odd}@example.org", "name": odd, "subscribed": True}],
        "comments": [{"id": odd, "post_id": "a1", "html": odd, "member_id": odd}],
    }
    target = tmp_path / "report.json"
    file = ghost_export.write(tmp_path, **tables)
    for _ in range(2):
        with suppress(SystemExit):
            call_command(
                "import_ghost", file, report=target, verbosity=0, redirects=redirects, **mailing
            )
    counts = json.loads(target.read_text())["counts"]
    assert all(each["created"] == each["updated"] == 0 for each in counts.values())
    assert Article.objects.get(slug="cranes").is_published


def test_an_image_within_a_text_is_named_but_not_repeated_in_the_report(run: Run) -> None:
    within = "data:image/png;base64," + "A" * 5000
    card = {"type": "image", "src": within, "caption": "The quay"}
    report = run({"posts": [post(lexical=lexical(card))]})
    assert report["counts"]["images"]["skipped"] == 1
    assert [each["remark"] for each in report["remarks"]] == ["image not imported"]
    assert len(json.dumps(report)) < 3000
    assert Article.objects.get().body == "<p>The quay</p>"
