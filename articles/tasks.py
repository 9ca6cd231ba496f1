"""The jobs of every package of `articles`, imported for the worker.

A new module with a job is added here.
"""

# ruff: noqa: F401
import articles.comments.tasks
import articles.editorial.tasks
import articles.editorial.trash
import articles.embeds.tasks
import articles.feeds.tasks
import articles.files.tasks
import articles.images.tasks
import articles.popular.most_read
import articles.public.front_page.slots
import articles.related.tasks
import articles.search.query_counts
import articles.search.tasks
