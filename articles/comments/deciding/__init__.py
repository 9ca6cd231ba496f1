"""What moderators decide with: who has a comment before them, reasons, appeals, and taking back."""
