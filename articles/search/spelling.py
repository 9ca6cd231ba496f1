"""What was perhaps meant."""


def corrected(words: str) -> str | None:
    """The query with its misspelt words corrected, or None where nothing is misspelt."""
    return None
