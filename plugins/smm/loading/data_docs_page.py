"""A page of Data Docs, as Great Expectations' site builder asks for one; imported by it alone."""

from functools import cache
from typing import TYPE_CHECKING

from great_expectations.render.view.view import DefaultJinjaPageView

if TYPE_CHECKING:
    from jinja2 import Environment


class Page(DefaultJinjaPageView):
    """Great Expectations' own; but it compiles the templates for each section anew, which takes longer than to render
    the pages."""

    def __init__(self) -> None:
        self.env = _templates()


@cache
def _templates() -> "Environment":
    return DefaultJinjaPageView().env
