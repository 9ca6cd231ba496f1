"""The screens of the admin, each as a function that brings a page there."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import AuthorProfile, User
from articles.comments.models import Comment
from articles.comments.screening.models import ScreeningRule
from articles.editorial import publishing, trash
from articles.editorial.models import Article, Category
from articles.editorial.versions import drafts
from articles.images.models import Image
from iria.demo import loading
from newsletter.models import Attempt, Bounce, Delivery, DeliveryEvent, Issue, Newsletter
from tests import newsroom

LIVE: Final = "pacific-observers"
"""The slug of an article of the demo; it gets changes that are not published."""
TEXT: Final = ".admin-editor-body .ProseMirror"
PLANNED: Final = "What a harbour costs before the first stone"


def prepare() -> None:
    """Adds to the demo what a newsroom has on an ordinary day: plans, drafts and changes."""
    if Article.objects.filter(headline=PLANNED).exists():
        return
    edna = User.objects.get(email=loading.EDITOR)
    now = timezone.now()
    for headline, days in ((PLANNED, 1), ("Two ferries for five islands", 2)):
        at = now.replace(hour=6, minute=0, second=0) + timedelta(days=days)
        publishing.schedule(_draft(headline, edna), by=edna, at=at)
    _draft("Notes on a tide table", edna)
    trash.move(_draft("An anchor too many", edna), by=edna)
    article = live()
    body = article.body.replace("larger than Africa", "larger than Africa and Europe together")
    drafts.save(article, {"body": body}, by=edna)
    _being_sent(edna)


def _being_sent(by: User) -> None:
    """An issue in the middle of sending: two thirds are sent, some bounced."""
    started_at = timezone.now() - timedelta(minutes=4)
    issue = Issue.objects.create(
        newsletter=Newsletter.objects.order_by("position")[0],
        subject="Freight, fish and a raft",
        slug="freight-fish-and-a-raft",
        state=Issue.State.SENDING,
        started_at=started_at,
        started_by=by,
        created_by=by,
        sent_html="<p>…</p>",
        sent_text="…",
    )
    counts = {Delivery.State.SENT: 311, Delivery.State.BOUNCED: 3, Delivery.State.QUEUED: 166}
    states = [state for state, count in counts.items() for _ in range(count)]
    deliveries = Delivery.objects.bulk_create(
        Delivery(
            issue=issue,
            state=state,
            due_at=started_at,
            created_at=started_at,
            message_id=f"<{number}@screenshots.example>",
            sending_at=None if state == Delivery.State.QUEUED else started_at,
            done_at=None if state == Delivery.State.QUEUED else started_at,
            details="550 5.1.1 No such user" if state == Delivery.State.BOUNCED else "",
        )
        for number, state in enumerate(states)
    )
    Attempt.objects.bulk_create(
        Attempt(
            delivery=delivery,
            number=1,
            outcome=Attempt.Outcome.SENT,
            started_at=started_at,
            answered_at=started_at,
        )
        for delivery in deliveries[:90]
    )
    for delivery in deliveries[311:314]:
        Bounce.objects.create(
            delivery=delivery,
            kind=Bounce.Kind.HARD,
            reason="No such user",
            domain="readers.example",
            matched_by=Bounce.MatchedBy.RETURN_PATH,
            message_key=delivery.message_id,
        )
    action = DeliveryEvent.Action
    for minutes, event, user in (
        (12, action.SCHEDULED, by),
        (4, action.STARTED, None),
        (2, action.CANARY_PASSED, None),
    ):
        at = timezone.now() - timedelta(minutes=minutes)
        DeliveryEvent.objects.create(issue=issue, action=event, created_by=user, created_at=at)


def _draft(headline: str, by: User) -> Article:
    return newsroom.draft(
        headline,
        by=by,
        standfirst="Most of the bill is settled on paper, years before a crane arrives.",
        authors=[AuthorProfile.objects.order_by("pk")[0]],
        categories=[Category.objects.order_by("pk")[0]],
    )


def live() -> Article:
    return Article.objects.published().get(slug=LIVE)


def at(name: str, *args: object, query: str = "") -> Callable[[Page], None]:
    """Opens the view of the admin with this name."""
    return lambda page: void(page.goto(reverse(f"admin:{name}", args=args) + query))


def at_path(path: str) -> Callable[[Page], None]:
    return lambda page: void(page.goto(path))


def void(_: object) -> None: ...


def editor(page: Page) -> None:
    page.goto(reverse("admin:articles_article_change", args=[live().pk]))


def tab(name: str) -> Callable[[Page], None]:
    """The article form with this tab of its sidebar, which has to be opened on small screens."""

    def show(page: Page) -> None:
        editor(page)
        opened = page.get_by_role("tab", name=name)
        if not opened.is_visible():
            page.click("[data-sidebar-toggle]")
        opened.click()

    return show


def publish(page: Page) -> None:
    """The question before publishing; on phones the sheet."""
    editor(page)
    page.click("[data-publish]")
    page.locator("dialog[open] [data-press=_publish], #tab-publish").first.wait_for()


def slash_menu(page: Page) -> None:
    page.goto(reverse("admin:articles_article_add"))
    page.fill("#id_headline", "Two ferries for five islands")
    page.locator(TEXT).click()
    page.keyboard.type("/")
    page.locator("#admin-slash-menu").wait_for()


def bubble_menu(page: Page) -> None:
    editor(page)
    page.locator(f"{TEXT} p").first.click()
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("Shift+Control+ArrowRight")
    page.locator(".admin-bubble").wait_for()


def link_dialog(page: Page) -> None:
    bubble_menu(page)
    page.keyboard.press("Control+k")
    page.locator("dialog.admin-link").wait_for()
    page.keyboard.type("fish")
    page.get_by_role("option").first.wait_for()


def offline(page: Page) -> None:
    editor(page)
    page.route("**/autosave/", lambda route: route.abort())
    page.locator("#id_standfirst").press_sequentially(" Nobody")
    page.locator("[data-save-state].admin-lacks").wait_for()


def preview(page: Page) -> None:
    """Beside the text where there is room for it."""
    editor(page)
    if page.evaluate("innerWidth") >= 1280:
        page.keyboard.press("Control+Alt+p")
        page.frame_locator("iframe").locator("h1").wait_for()


def image_dialog(page: Page) -> None:
    editor(page)
    page.get_by_role("button", name="Focal point").first.click()
    page.locator(".image-panel .focal-frame").first.wait_for()


def filters(page: Page) -> None:
    page.goto(reverse("admin:articles_article_changelist"))
    page.click("[popovertarget=changelist-filter]")


def history(page: Page) -> None:
    page.goto(reverse("admin:articles_article_history", args=[live().pk]))


def image(page: Page) -> None:
    pk = Image.objects.order_by("pk")[0].pk
    page.goto(reverse("admin:articles_image_change", args=[pk]))


def comment(page: Page) -> None:
    page.goto(reverse("admin:articles_comment_change", args=[pending_comment()]))


def ban(page: Page) -> None:
    page.goto(reverse("admin:articles_comment_ban", args=[pending_comment()]))


def pending_comment() -> int:
    return Comment.objects.pending().order_by("pk")[0].pk


def screening_rule(page: Page) -> None:
    pk = ScreeningRule.objects.order_by("pk")[0].pk
    page.goto(reverse("admin:articles_screeningrule_change", args=[pk]))


def issue(state: str) -> Callable[[Page], None]:
    def show(page: Page) -> None:
        pk = Issue.objects.filter(state=state).order_by("-pk")[0].pk
        page.goto(reverse("admin:newsletter_issue_change", args=[pk]))

    return show


def sending(page: Page) -> None:
    now = timezone.now()
    Attempt.objects.update(answered_at=now - timedelta(seconds=50))
    issue("sending")(page)


SIZES: Final = ((390, 844), (1280, 800), (1440, 900))
SIGNED_OUT: Final = {"sign-in"}
SCREENS: Final[dict[str, Callable[[Page], None]]] = {
    "sign-in": at("login"),
    "dashboard": at("index"),
    "articles": at("articles_article_changelist"),
    "articles-filters": filters,
    "article-new": at("articles_article_add"),
    "article": editor,
    "article-details": tab("Details"),
    "article-checklist": tab("Checklist"),
    "article-history": tab("History"),
    "article-publish": publish,
    "article-link": link_dialog,
    "article-bubble": bubble_menu,
    "article-offline": offline,
    "article-preview": preview,
    "image-dialog": image_dialog,
    "history": history,
    "trash": at("articles_article_trash"),
    "images": at("articles_image_changelist"),
    "image": image,
    "files": at("articles_file_changelist"),
    "comments": at("articles_comment_changelist"),
    "comment": comment,
    "comment-ban": ban,
    "moderation-log": at("articles_moderationdecision_changelist"),
    "screening-rule": screening_rule,
    "newsletter-issue": issue("draft"),
    "newsletter-sending": sending,
    "newsletter-report": issue("sent"),
    "front-page": at("articles_placement_changelist"),
    "settings": at("settings"),
    "publication": at("iria_publication_change", 1, query="?part=name"),
    "categories": at("articles_category_changelist"),
    "authors": at("accounts_authorprofile_changelist"),
    # Last, since it saves an article.
    "article-slash": slash_menu,
}
