"""`make bench`: how fast the product is, beside other ways to do the same. Each part measures and tells its own table.

What is compared runs here and now, on real gRPC, HTTP and Postgres; only the far ends are this machine's. Ratios hold
on any machine, seconds on this one.
"""
