"""The image library in the admin: list, forms, chooser, bulk actions."""
