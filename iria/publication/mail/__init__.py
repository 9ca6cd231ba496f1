"""Mails in the publication's look, each as HTML and as a letter in plain text that says the same."""
