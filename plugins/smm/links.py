"""Addresses of the board and of readers' own pages, for what links to them: Airflow's pages, the mails."""

from urllib.parse import quote, urlencode, urlsplit

PREFIX = "/board"  # of its addresses
PAGES = "/pages"  # of the addresses of readers' own pages
VIEW = "smm"  # the name of its place within Airflow's own pages


def below() -> str:
    """What all of Airflow's addresses on its host begin with: "" or, of ``[api] base_url``, such as ``/airflow``."""
    from airflow.configuration import conf

    return urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/")


def link(*path: str, below: str, **query: str) -> str:
    """The address, on Airflow's host, of a page of the board within Airflow's: ``link("clients", "yarko", below="")``.

    Airflow's page takes what stands behind its view's name for the whole address of what it shows.
    """
    asked = f"?{urlencode(query)}" if query else ""
    return f"{below}/plugin/{VIEW}{below}{PREFIX}/" + "/".join(quote(part, safe="") for part in path) + asked
