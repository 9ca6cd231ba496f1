"""The publication: name, contact, design and menus in one row, edited in the admin."""
