"""What moderators do with a comment: queues, cases, decisions, appeals."""
