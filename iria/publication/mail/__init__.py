"""E-mails in the design of the publication, as HTML and plain text."""
