"""Themes: folders with templates, static files and `theme.toml` (docs/themes.md)."""
