"""What readers and members of the newsroom see of their account."""
