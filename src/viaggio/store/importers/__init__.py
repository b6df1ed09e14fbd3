"""Readers of foreign files: CSV, Excel, Parquet, XES; mappings; rejected rows."""
