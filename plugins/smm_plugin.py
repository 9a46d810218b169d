"""What Airflow gets from this project beside its DAGs: the board and its entry in the menu, and readers' own pages."""

from airflow.plugins_manager import AirflowPlugin

from smm import board, links, pages
from smm.board.extra_link import OnBoard

ADDRESS = f"{links.below()}{links.PREFIX}"


class Smm(AirflowPlugin):
    """Airflow's UI shows a view at ``/plugin/<url_route>`` and what it leads to below that: so do our links."""

    name = "smm"
    fastapi_apps = [
        {"app": board.serve, "url_prefix": links.PREFIX, "name": "KPI board"},
        {"app": pages.serve, "url_prefix": links.PAGES, "name": "readers' own pages"},
    ]
    external_views = [
        {
            "name": "KPI board",
            "href": f"{ADDRESS}/",
            "url_route": links.VIEW,
            "destination": "nav",
            "nav_top_level": True,
            "icon": f"{ADDRESS}/assets/icon.svg",
            "icon_dark_mode": f"{ADDRESS}/assets/icon-dark.svg",
        }
    ]
    global_operator_extra_links = [OnBoard()]
