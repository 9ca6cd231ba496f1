"""Finding articles."""
