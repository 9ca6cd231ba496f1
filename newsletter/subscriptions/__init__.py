"""Who receives what, and how they agreed to it."""
