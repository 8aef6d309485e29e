"""Reports: each listens to the events of a run."""
