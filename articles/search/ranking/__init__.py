"""Which articles match a query, and in which order."""
