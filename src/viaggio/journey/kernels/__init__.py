"""The questions about journeys, one file each: a walk over a bucket, a merge, a result with names.

Every walk goes once over its columns, holds counts and no rows, and treats a row without a value (code -1)
as a place of its own, so that nothing is lost: code + 1 is the place in all its arrays.
"""
