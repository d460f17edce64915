"""Mining: the loop from a panel to a library, its ledger, checkpoint, progress and logs."""
