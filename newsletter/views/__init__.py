"""What subscribers see: sign-up, preferences, past issues."""
