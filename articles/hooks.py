"""What the packages of articles register when Django starts."""

from typing import Any

from articles.comments import personal_data
from articles.comments.moderation import queues
from articles.comments.notifications import outbox, views
from articles.comments.screening import akismet
from articles.editorial import hooks as editorial_hooks
from articles.editorial import signals, taxonomy
from articles.editorial.admin import dashboard as editorial_dashboard
from articles.editorial.internal_links import ARTICLES
from articles.editorial.models import Category
from articles.feeds import tasks as feeds_tasks
from articles.files import hooks as files_hooks
from articles.images import renditions, usage_check
from articles.images import tasks as images_tasks
from articles.links.targets import link_kinds
from articles.pages import hooks as pages_hooks
from articles.pages.hooks import PAGES
from articles.pages.models import Page
from articles.popular import most_read
from articles.related import tasks as related_tasks
from articles.search import engine
from articles.search import tasks as search_tasks
from iria.core import hooks, stored_data
from iria.core.hooks import MenuTargets, ScheduledChange
from iria.publication import menus


def register() -> None:
    recipient = stored_data.Recipient(akismet.recipient_name)
    stored_data.recipients.register(stored_data.AKISMET, recipient)
    hooks.dashboard_items.register("articles", editorial_dashboard.pending_articles)
    hooks.dashboard_panels.register("plan", editorial_dashboard.plan)
    hooks.dashboard_panels.register("licences", usage_check.expiring_licences)
    hooks.dashboard_panels.register("published", most_read.recently_published_panel)
    hooks.dashboard_panels.register("comments", queues.oldest_pending)
    hooks.dashboard_panels.register("most read", most_read.most_read_panel)
    hooks.dashboard_items.register("comments", queues.pending_items)
    hooks.mail_preferences.register("comments", views.Following())
    hooks.email_bounced.register("comments", views.handle_bounce)
    hooks.suppressed_emails.register("comments", views.is_suppressed)
    outbox.register()
    taxonomy.register()
    files_hooks.register()
    images_tasks.register()
    search_tasks.register()
    for changed in (signals.published, signals.changed, signals.unpublished):
        changed.connect(update_related, dispatch_uid="related.refresh_soon")
    signals.imported.connect(update_related_of_imported, dispatch_uid="related.refresh_imported")
    signals.published.connect(feeds_tasks.article_published, dispatch_uid="feeds.hub")
    hooks.personal_data.register("articles", editorial_hooks.PERSONAL_DATA)
    hooks.personal_data.register("comments", personal_data.HANDLER)
    hooks.logo_renderers.register("images", renditions.render_logo)
    hooks.article_search.register("search", engine.admin_search)
    _register_uses()
    # An article of the future appears, and one from another machine, whose clock runs ahead.
    for name, change in {
        "article appears": ScheduledChange(
            "articles_article", "published_at", "state = 'published'"
        ),
        "licence ends": ScheduledChange("articles_image", "licence_until"),
        "licence begins": ScheduledChange("articles_image", "licence_from"),
        "licence of a file ends": ScheduledChange("articles_file", "licence_until"),
        "placement expires": ScheduledChange("articles_placement", "expires_at"),
    }.items():
        hooks.scheduled_changes.register(name, change)


def _register_uses() -> None:
    """Where images, files and embeds are used, and what menus and texts can link to."""
    sections = MenuTargets("Sections", editorial_hooks.sections)
    menus.register(editorial_hooks.KIND, sections, Category)
    menus.register(pages_hooks.NAME, MenuTargets("Pages", pages_hooks.menu_targets), Page)
    # The names are those in stored references, such as `internal:article/12`.
    link_kinds.register("article", ARTICLES)
    link_kinds.register("page", PAGES)
    link_kinds.register("file", files_hooks.FILES)
    hooks.image_usages.register("articles", editorial_hooks.in_articles)
    hooks.image_usages.register("pages", pages_hooks.images_in_pages)
    hooks.images_in_texts.register("pages", pages_hooks.images_in_texts)
    hooks.file_usages.register("articles", editorial_hooks.files_in_articles)
    hooks.file_usages.register("pages", pages_hooks.files_in_pages)
    hooks.files_in_texts.register("pages", pages_hooks.files_in_texts)
    hooks.files_in_texts.register("links", files_hooks.linked_files)
    hooks.embedded_urls.register("articles", editorial_hooks.embedded_urls)
    hooks.embedded_urls.register("pages", pages_hooks.embedded_urls)


def update_related(*, article_id: int, **signal: Any) -> None:
    related_tasks.enqueue_refresh(article_id)


def update_related_of_imported(*, article_ids: list[int], **signal: Any) -> None:
    related_tasks.enqueue_imported(article_ids)
