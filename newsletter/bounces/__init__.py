"""What comes back after a mailing: bounces, complaints, wishes to leave."""
