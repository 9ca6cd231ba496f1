"""What counting openings keeps of people: nothing."""

from iria.core.data_inventory import declare


def register() -> None:
    """An article, a day and a number; of the reader, nothing."""
    declare("popular", nothing=("articles.articleviews", "articles.mostread"))
