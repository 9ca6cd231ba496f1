"""What the project adds to the database layer: triggers, bulk copy, time-outs, outages."""
