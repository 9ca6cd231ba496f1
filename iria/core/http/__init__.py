"""What the project adds to HTTP: URLs, caching, headers, rate limits, guarded outgoing requests."""
