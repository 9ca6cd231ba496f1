from django.apps import AppConfig

from iria.core import data_inventory
from iria.core import hooks as core_hooks
from iria.core.hooks import ScheduledChange


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = "Articles"

    def ready(self) -> None:
        # The rooms' models are complete only now.
        from articles.comments import personal_data
        from articles.comments.akismet import client as akismet
        from articles.comments.moderation import dashboard as comments
        from articles.comments.notifications import fan_out as following
        from articles.comments.notifications import preferences
        from articles.editorial import hooks as editorial_hooks
        from articles.editorial import hooks as sections
        from articles.editorial import receivers as editorial
        from articles.editorial.admin import dashboard
        from articles.images import receivers as images
        from articles.images.renditions import renditions
        from articles.images.rights import withdrawal
        from articles.pages import hooks as page_targets
        from articles.pages import hooks as pages
        from articles.popular import dashboard as popular
        from articles.related import receivers as related
        from articles.search import admin_search
        from articles.search.index import receivers as search

        data_inventory.recipients.register(
            data_inventory.AKISMET, data_inventory.Recipient(akismet.recipient_name)
        )
        core_hooks.dashboard_items.register("articles", dashboard.waiting_articles)
        core_hooks.reports.register("most read", popular.most_read)
        core_hooks.reports.register("licences", withdrawal.expiring_licences)
        core_hooks.dashboard_items.register("comments", comments.pending_items)
        core_hooks.mail_preferences.register("comments", preferences.Following())
        core_hooks.email_bounced.register("comments", preferences.came_back)
        core_hooks.suppressed_emails.register("comments", preferences.is_closed)
        following.register()
        editorial.register()
        images.register()
        search.register()
        related.register()
        sections.register()
        page_targets.register()
        core_hooks.personal_data.register("comments", personal_data.HOLDING)
        core_hooks.logo_renderers.register("images", renditions.render_logo)
        core_hooks.article_search.register("search", admin_search.admin_search)
        # An article of the future appears, and one from another machine, whose clock runs ahead.
        appears = ScheduledChange("articles_article", "published_at", "state = 'published'")
        core_hooks.scheduled_changes.register("article appears", appears)
        core_hooks.scheduled_changes.register(
            "licence ends", ScheduledChange("articles_image", "licence_until")
        )
        core_hooks.scheduled_changes.register(
            "licence begins", ScheduledChange("articles_image", "licence_from")
        )
        core_hooks.scheduled_changes.register(
            "placement expires", ScheduledChange("articles_placement", "expires_at")
        )
        core_hooks.image_usages.register("articles", editorial_hooks.in_articles)
        core_hooks.image_usages.register("pages", pages.in_pages)
        core_hooks.images_in_texts.register("pages", pages.in_texts)
