"""Who may not write for a while or at all, and the encrypted addresses by which a moderator can say so."""
