"""The jobs of every package of `articles`, imported for the worker.

Add a job to the `tasks` module of its package.
"""

# ruff: noqa: F401
import articles.comments.tasks
import articles.editorial.tasks
import articles.embeds.tasks
import articles.feeds.tasks
import articles.files.tasks
import articles.images.tasks
import articles.popular.tasks
import articles.public.tasks
import articles.related.tasks
import articles.search.tasks
