"""What pages keep of people: nothing but what editors write into them."""

from iria.core.data_inventory import declare


def register() -> None:
    declare("pages", nothing=("articles.formeraddress", "articles.page"))
