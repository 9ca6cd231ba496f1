"""One Django app of several packages; see docs/architecture.md."""
