"""From the typed text to a parsed query with filters and required terms."""
