"""What the town tells the programs of others when something happens: queued with the verb, signed, tried again.

docs/webhooks.md.
"""
