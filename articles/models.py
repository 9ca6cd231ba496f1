"""The models of every package of `articles`, imported for Django.

Add a model to the `models` module of its package, with its policy (`iria.core.model_policy`), and
list a new module here.
"""

# ruff: noqa: F401
import articles.comments.models
import articles.comments.moderation.models
import articles.comments.notifications.models
import articles.comments.screening.models
import articles.editorial.models
import articles.embeds.models
import articles.files.models
import articles.images.models
import articles.links.models
import articles.pages.models
import articles.popular.models
import articles.public.front_page.models
import articles.related.models
import articles.search.models
