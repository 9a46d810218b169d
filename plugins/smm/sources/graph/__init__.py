"""Meta's Graph API, which the sources `facebook` and `instagram` both ask. It is no source itself.

`api` sends requests and knows their limits, `errors` says what Meta's errors mean, `usage` how much of the allowance is
used, `insights` asks for metrics and finds the one that is refused, `days` says which day a number belongs to.
"""
