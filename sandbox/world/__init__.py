"""A seeded world with a known truth: three clients, 26 full months and the running one up to yesterday.

Chance hangs on absolute days, so tomorrow's world has today's past, with two exceptions: GA4 shows the sessions of the
last days late, and the specialist's ten days of holiday lie in whatever month is judged.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pandas as pd

from sandbox.connections import ga4_connection, meta_connection, metrica_connection, vk_connection
from sandbox.data import FarEnds
from sandbox.world import clients, truth
from sandbox.world.brands import BRANDS
from sandbox.world.chronicle import Chronicle, chronicle
from sandbox.world.seasons import month_of

_EARLIEST = date(2025, 7, 1)  # 26 months and the visitors' run-up have to lie after the epoch
_FINAL_FROM = 4  # the day of the next month on which a month is judged first


class World:
    """The demo's clients as of `today`, in which yesterday is the last day with data.

    first_month, last_month: the months with data (their first days); first_months: the first by client;
    judged_month: the month whose letters are due; run_after: the moment the daily run stands for.
    """

    def __init__(self, today: date, seed: int = 26) -> None:
        if today < _EARLIEST:
            raise ValueError(f"The world begins in 2023 and needs {_EARLIEST} or a later day as today, not {today}.")
        self.today = today
        self.run_after = datetime.combine(today, time(6), UTC)
        self.judged_month = month_of(today, -1 if today.day >= _FINAL_FROM else -2)
        self.last_month = month_of(today - timedelta(days=1))
        self.chronicles: dict[str, Chronicle] = {
            brand.id: chronicle(brand, seed, today, self.run_after, self.judged_month) for brand in BRANDS
        }
        self.first_months = {client: past.first_month for client, past in self.chronicles.items()}
        self.first_month = min(self.first_months.values())
        self.clients = tuple(self.chronicles)

    def far_ends(self) -> FarEnds:
        """What a sandbox serves: a new object each time, free to be changed."""
        pasts = self.chronicles.values()
        return FarEnds(
            now=self.run_after,
            properties={past.brand.property: past.property() for past in pasts if past.brand.counter is None},
            communities={past.brand.wall.id: past.community() for past in pasts},
            user_tokens={clients.user_token(client) for client in self.clients},
            service_tokens={clients.service_token(client) for client in self.clients},
            counters={counter.id: counter for past in pasts if (counter := past.counter())},
            metrica_tokens={clients.metrica_token(past.brand.id): 5_000 for past in pasts if past.brand.counter},
            pages={past.page.id: past.page for past in pasts if past.page},
            accounts={past.account.id: past.account for past in pasts if past.account},
            meta_tokens={
                clients.meta_token(past.brand.id): {place.id for place in (past.page, past.account) if place}
                for past in pasts
                if past.page or past.account
            },
            community_tokens={clients.community_token(past.brand.id): past.brand.wall.id for past in pasts},
        )

    def connections(self, ports: Mapping[str, int]) -> dict[str, dict[str, object]]:
        """The Airflow connections (id -> JSON form) that the client files name; ports of ga4, vk, meta and metrica."""
        found: dict[str, dict[str, object]] = {}
        for client, past in self.chronicles.items():
            tokens = (token(client) for token in (clients.user_token, clients.service_token, clients.community_token))
            if past.brand.counter is None:
                found[f"ga4_{client}"] = ga4_connection(ports["ga4"])
            else:
                found[f"metrica_{client}"] = metrica_connection(ports["metrica"], clients.metrica_token(client))
            found[f"vk_{client}"] = vk_connection(ports["vk"], *tokens)
            if past.page or past.account:
                found[f"meta_{client}"] = meta_connection(ports["meta"], clients.meta_token(client))
        return found

    def write(self, to: Path) -> None:
        """Write TO/clients/<id>.yml and TO/figures/<id>.csv."""
        for past in self.chronicles.values():
            clients.write(past, to)

    def truth(self, client: str, month: date) -> list[tuple[str, str, float | None]]:
        """(network, kpi, value) of every KPI that the client's data make known in the month (its first day)."""
        return truth.kpis(self.chronicles[client], month)

    def truth_daily(self, client: str) -> pd.DataFrame:
        """One row per network, measure and day: network, measure, day, value."""
        return truth.daily(self.chronicles[client])
