"""Internal links: targets by id, URLs as references, and which text links to what."""
