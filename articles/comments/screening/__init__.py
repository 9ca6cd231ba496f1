"""What rules and the model say of a comment before a person sees it, each in its own words."""
