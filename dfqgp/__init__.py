"""dfqgp: formulaic alpha factors for daily stock panels, mined by genetic programming."""
