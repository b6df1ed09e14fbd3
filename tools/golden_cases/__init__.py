"""Golden cases: what other software computed, computed again by this code and compared number by number.

`frame` reads the files, finds the code of a case and compares; `area_a`, `area_b`, ... hold that code, one
function per case in `CASES`. A function gets a `Case` and returns nested values with the keys of `expected`.
"""
