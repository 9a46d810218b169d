"""The Data Docs of a run: pages that Great Expectations wrote."""

import mimetypes
from pathlib import PurePosixPath

from fastapi import APIRouter, Request
from fastapi.responses import Response

from smm.board.page import Gone, render, stylesheet
from smm.loading import data_docs as kept

router = APIRouter(include_in_schema=False)

# Their scripts come from foreign networks, and would act here with the rights of who looks: they stay shut out, and so
# does what else is foreign. Same origin, because a sandbox without it gets no login for the links among the pages; it
# gives no power to a page without scripts and forms.
POLICY = (
    "sandbox allow-same-origin; default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; form-action 'none'; frame-ancestors 'self'; base-uri 'none'"
)
GONE = "There is no such page: this run's audit wrote none, or it was tidied away after 30 days."
INDEX = "index.html"  # the pages link to it; ours, because a script would have to fill theirs


@router.get("/data-docs/{run}/{page:path}")
def data_docs(request: Request, run: str, page: str) -> Response:
    """One of the run's pages."""
    pages = kept.pages(run) if run == kept.name(run) else None  # a path is no name
    if pages is None:
        raise Gone(GONE)
    names = pages.namelist()
    if page == INDEX:
        validations = sorted(name for name in names if name.startswith("validations/") and name.endswith(".html"))
        if not validations:
            raise Gone(GONE)
        return render(request, "data_docs.html", run=run, validations=[(_relation(path), path) for path in validations])
    if page not in names:
        raise Gone(GONE)
    kind, _ = mimetypes.guess_type(page)
    body = pages.read(page)
    if kind == "text/html":  # theirs come from foreign networks as well
        link = f'<link rel="stylesheet" href="{stylesheet(request, "data_docs.css")}">'
        body = body.replace(b"</head>", f"{link}</head>".encode(), 1)
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "private, max-age=3600"}
    return Response(body, media_type=kind or "application/octet-stream", headers=headers)


def _relation(path: str) -> str:
    """The relation that a page judges: ``validations/<suite>/<run>/<time>/<batch>.html``."""
    return PurePosixPath(path).parts[1]
