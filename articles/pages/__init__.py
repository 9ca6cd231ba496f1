"""Pages edited in the admin: about, contact, privacy."""
