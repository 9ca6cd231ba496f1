"""An example project with an app of its own next to those of IRIA (docs/extending.md)."""
