"""Articles, categories, authors and revisions, and the functions that change them."""
