"""Demo content: the articles and images of a fictional institute."""
