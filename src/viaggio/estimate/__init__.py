"""How sure we are: intervals, tests, weighting, shrinkage."""
