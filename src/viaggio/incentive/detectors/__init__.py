"""Detectors of gaming: each gives a statistic and whether it asks for a look. A flag never changes pay."""
