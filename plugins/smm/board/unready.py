"""What is said, and how to fix it, when something that every page needs is not in order."""

import logging
from http import HTTPStatus

import psycopg
from airflow.sdk.exceptions import AirflowNotFoundException
from fastapi import FastAPI, Request, Response

from smm.board.page import refusal
from smm.files.checked import Mistakes
from smm.letters.words import BrokenLanguageError
from smm.loading.archive import NoArchive
from smm.warehouse.libpq import BadConnection

log = logging.getLogger(__name__)

OUTGROWN = "The warehouse is not of this board's version: run `python -m smm migrate`, and try again."
SAID: dict[type[Exception], str] = {
    psycopg.OperationalError: (
        "The warehouse does not answer. Look at the connection `warehouse` in Airflow, and try again."
    ),
    psycopg.errors.QueryCanceled: "The warehouse took too long to answer. Try again, or ask for less.",
    psycopg.errors.UndefinedTable: OUTGROWN,
    psycopg.errors.UndefinedColumn: OUTGROWN,
    psycopg.errors.UndefinedFunction: OUTGROWN,
    AirflowNotFoundException: "Airflow has no connection `warehouse`: add it, and try again.",
}


def prepare(app: FastAPI) -> None:
    """Have the app answer so; any other error is a mistake of the board's own."""
    for kind in SAID:
        app.exception_handler(kind)(_unready)
    for kind in (Mistakes, NoArchive, BadConnection, BrokenLanguageError):
        app.exception_handler(kind)(_told)


async def _unready(request: Request, error: Exception) -> Response:
    """By the nearest of the error's kinds. What a server says may name its host or its user, so nobody is told it."""
    log.error("the warehouse is not ready: %s", type(error).__name__)
    said = next(SAID[kind] for kind in type(error).__mro__ if kind in SAID)
    return refusal(request, HTTPStatus.SERVICE_UNAVAILABLE, said)


async def _told(request: Request, error: Exception) -> Response:
    """These errors' texts say themselves what to do."""
    log.error("%s", error)
    return refusal(request, HTTPStatus.SERVICE_UNAVAILABLE, f"{error}.")
