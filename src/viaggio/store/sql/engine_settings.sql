set parquet_metadata_cache = true
