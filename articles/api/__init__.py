"""The public content API (docs/api.md)."""
