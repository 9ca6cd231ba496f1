"""Index for Django: registers what the rooms offer to the admin."""
