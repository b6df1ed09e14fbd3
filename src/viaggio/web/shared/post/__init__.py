"""Post: whatever leaves the house, durably, once, and at a decent pace.

`queue.post` writes a row in the caller's transaction; `worker.Post` sends the rows that are due. A row may be
sent twice when a worker is killed in the middle, always under the same id: the mail's Message-ID, the
webhook's `webhook-id`. `setup.connections` says how mail and gateways are reached, `rates` how fast we go,
`suppression` to whom we do not write, `returned` what came back, `owners` who hears what became of a row.
"""
