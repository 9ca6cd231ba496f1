"""The search results page: snippets, facets, spelling and autocomplete."""
