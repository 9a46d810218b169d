"""The charts of a client's KPIs, each an SVG of its own that pages embed."""

from datetime import UTC, datetime

from fastapi import APIRouter
from fastapi.responses import Response

from smm.board import drawing
from smm.board.page import Gone, Month, Reading
from smm.board.series import Series, Shown, Span, series, shown
from smm.board.speech import amount, number, speech
from smm.board.target import asked
from smm.warehouse import run

router = APIRouter(include_in_schema=False)


@router.get("/clients/{client}/charts/{network}.{kpi}.svg")
def chart(
    warehouse: Reading,
    client: str,
    network: str,
    kpi: str,
    span: Span = "months",
    theme: drawing.Theme = "light",
    month: Month = "",
) -> Response:
    """Three queries."""
    about = shown(warehouse, client, month, datetime.now(UTC))
    found = series(warehouse, about, [(network, kpi)], span)[network, kpi]
    if not found.known:
        raise Gone(f"There is no number of {found.name} to draw.")
    events = run(warehouse, "board/client_events.sql", about.asked())
    return Response(drawing.svg(found, events, about, span, theme), media_type="image/svg+xml")


def alternative(found: Series, about: Shown, span: Span) -> str:
    """What a chart shows, in short: the table beside it has every number."""
    currency, label = about.client["currency"], f"{found.title}, {speech().network(found.network)}"
    if not found.known:
        return f"{label}: nothing is known."
    low, high = (amount(end(found.known), found.unit, currency) for end in (min, max))
    last = found.rows[-1]
    when = speech().month(last["period"]) if span == "months" else speech().day(last["period"])
    is_known = last["value"] is not None or last["spent"] is not None
    said = number(last | {"marks": None}, found.unit, currency) if is_known else "not known"  # its notes follow
    told = f"{label}, {len(found.rows)} {span}: between {low} and {high}; {when}: {said}"
    told += f" ({', '.join(last['notes'])})" if last["notes"] else ""
    if span == "days":
        return f"{told}."
    if last["low"] is not None or last["high"] is not None:
        told += f"; plan {asked(last['low'], last['high'], found.unit, currency)}"
    if last["forecast"] is not None:
        told += f"; forecast {amount(last['forecast'], found.unit, currency)}"
    return f"{told}."
