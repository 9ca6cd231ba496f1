from django.apps import AppConfig

from iria.kit import registry
from iria.kit.registry import Moments


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = "Articles"

    def ready(self) -> None:
        # The rooms' models are complete only now.
        from articles.comments import personal
        from articles.comments import waiting as comments
        from articles.comments.following import preferences
        from articles.comments.following import receivers as following
        from articles.editorial import receivers as editorial
        from articles.editorial import targets as sections
        from articles.editorial import uses
        from articles.editorial.desk import waiting
        from articles.images import emblems, licences_ending, outputs
        from articles.images import receivers as images
        from articles.pages import targets as page_targets
        from articles.pages import uses as pages
        from articles.popular import reports as popular
        from articles.related import receivers as related
        from articles.search import on_the_desk
        from articles.search import receivers as search

        self._declare_what_is_kept()
        registry.waiting.offer("articles", waiting.waiting_articles)
        registry.reports.offer("most read", popular.most_read)
        registry.reports.offer("licences", licences_ending.ending)
        registry.waiting.offer("comments", comments.held_for)
        registry.mail_preferences.offer("comments", preferences.Following())
        registry.mail_came_back.offer("comments", preferences.came_back)
        registry.closed_addresses.offer("comments", preferences.is_closed)
        following.connect()
        editorial.connect()
        images.connect()
        search.connect()
        related.connect()
        sections.connect()
        page_targets.connect()
        registry.personal_data.offer("comments", personal.HOLDING)
        registry.emblem_drawing.offer("pictures", emblems.draw)
        registry.article_search.offer("search", on_the_desk.best_for)
        # An article of the future appears, and one from another machine, whose clock runs ahead.
        appears = Moments("articles_article", "published_at", "state = 'published'")
        registry.moments.offer("article appears", appears)
        registry.moments.offer("licence ends", Moments("articles_image", "licence_until"))
        registry.moments.offer("licence begins", Moments("articles_image", "licence_from"))
        registry.moments.offer("place ends", Moments("articles_placement", "until"))
        registry.picture_outputs.offer("files", outputs.files_of)
        registry.picture_uses.offer("articles", uses.in_articles)
        registry.picture_uses.offer("pages", pages.in_pages)
        registry.pictures_in_texts.offer("pages", pages.in_texts)

    def _declare_what_is_kept(self) -> None:
        from articles.comments import kept as comments
        from articles.editorial import kept as editorial
        from articles.embeds import kept as embeds
        from articles.images import kept as images
        from articles.pages import kept as pages
        from articles.popular import kept as popular
        from articles.reading import kept as reading
        from articles.related import kept as related
        from articles.search import kept as search

        for room in (comments, editorial, embeds, images, pages, popular, reading, related, search):
            room.connect()
