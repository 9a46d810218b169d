"""The far ends on one machine, for the demo and the tests: services and a mailbox, over their real protocols.

What they answer comes from a seeded world with a known truth (`sandbox.world`) or from recordings (`sandbox.replay`);
both fill the shapes of `sandbox.data`, which the servers serve.
"""

SERVERS = {  # each listens on a port of its own
    "ga4": "the GA4 Data API, gRPC",
    "metrica": "Yandex Metrica's API, HTTP",
    "vk": "VK's API, HTTP",
    "meta": "Meta's Graph API, HTTP",
    "smtp": "SMTP",
    "mailbox": "the page of the letters, HTTP",
}
