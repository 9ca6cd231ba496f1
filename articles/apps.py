from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = "Articles"

    def ready(self) -> None:
        # The rooms' models are complete only now.
        from articles.related import receivers as related
        from articles.search import receivers as search

        search.connect()
        related.connect()
