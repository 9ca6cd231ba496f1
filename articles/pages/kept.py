"""What pages keep of people: nothing but what editors write into them."""

from iria.kit.kept import declare


def connect() -> None:
    declare("pages", nothing=("articles.formeraddress", "articles.page"))
