"""One small file per foreign shape."""
