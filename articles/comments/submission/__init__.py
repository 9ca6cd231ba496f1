"""How a comment is submitted: form, checks, e-mail confirmation, editing by its commenter."""
