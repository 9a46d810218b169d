"""The whole stack on one machine, without containers: `python -m local demo`, `python -m local up`.

Postgres from a wheel, Airflow's four processes and, in the demo, the sandbox's far ends, under one runner:

    state      .smm/<name>: one stack at a time, its lock, its secrets; `invited`: what a user has put into it
    ports      one range of ports on loopback
    processes  starts, watches and stops; `sessions` finds what a killed runner left
    postgres   the embedded cluster
    airflow    the four components' environment and health; `api` speaks to them
    demo, up   the two ways to use it; `summary` is what the demo shows at its end
"""
