"""E-mails about new articles to subscribers who follow an author, a section or a topic."""
