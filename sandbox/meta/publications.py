"""What posts and media have reached in their whole life."""

from collections.abc import Mapping
from typing import Any

from sandbox.data import Publication
from sandbox.meta.insights import all_known, entry, metrics_of, paging
from sandbox.meta.refusals import before_business_account, dead_metric

OF_POSTS = {"post_media_view": "views", "post_total_media_view_unique": "reach", "post_clicks": "clicks"}
OF_MEDIA = {"views": "views", "reach": "reach", "shares": "shares", "saved": "saves"}

Json = dict[str, Any]


def insights_of(one: Publication, name: str, fields: Mapping[str, str], dead: set[str]) -> Json:
    """Of a post, whose numbers come with links, as if they had dates; or of a medium."""
    is_post, metrics = "_" in name, metrics_of(fields)
    columns = OF_POSTS if is_post else OF_MEDIA
    if is_post and any(metric in dead or metric not in columns for metric in metrics):
        raise dead_metric()
    if not is_post:
        all_known(metrics, columns, dead)
    if one.is_before_business:
        raise before_business_account()
    values = {metric: [{"value": getattr(one, columns[metric])}] for metric in metrics}
    data = [entry(name, metric, "lifetime") | {"values": values[metric]} for metric in metrics]
    return {"data": data} | (paging(name, fields) if is_post else {})
