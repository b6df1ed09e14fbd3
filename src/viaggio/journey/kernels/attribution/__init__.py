"""Attribution: what conversions owe to the interactions before them, by several models in one pass.

`model` holds the result, `sums` what is added up and how a path is split, `kernel` the walk over journeys,
`path_table` ready tables of paths, `answer` the shares, the Markov chain and the intervals.
"""
