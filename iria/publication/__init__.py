"""The publication: one row that says who speaks, edited in the admin."""
