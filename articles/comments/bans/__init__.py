"""Who may not write for a while or at all, and the sealed addresses by which a moderator can say so."""
