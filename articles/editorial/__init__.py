"""The desk: articles, categories, bylines, revisions, and the verbs that move them."""
