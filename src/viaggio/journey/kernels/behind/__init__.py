"""Who is behind one cell of an answer: the keys of the customers that a figure counts.

The same rules as those of the kernels that count, here whole columns at a time: one list is asked for at a
time, so the counting kernels need not keep anybody.
"""
