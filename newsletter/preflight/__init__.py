"""The last look before an issue goes out: at the mail as it will be, and at where it leads."""
