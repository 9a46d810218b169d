"""The far ends on one machine, for the demo and the tests: GA4, VK and a mailbox over their real protocols.

What they answer comes from a seeded world with a known truth (`sandbox.world`) or from recordings (`sandbox.replay`);
both fill the shapes of `sandbox.data`, which the servers serve.
"""
