"""What the operator of a site needs: backups, checks, figures."""
