"""The one writer of imports: neutral records become rows, by the functions that editors use."""
