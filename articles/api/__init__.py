"""The content API: what is public, for programs (docs/api.md)."""
