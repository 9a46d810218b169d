"""Styles, script and icons: files of include/board/assets/, all our own."""

from fastapi import APIRouter
from fastapi.responses import FileResponse

from smm.board.page import ASSETS, Gone

router = APIRouter(include_in_schema=False)


@router.get("/assets/{name}")
def asset(name: str) -> FileResponse:
    """One file. Pages name it with its version, so a browser may keep it."""
    if name not in {path.name for path in ASSETS.iterdir()}:
        raise Gone("There is no such file.")
    return FileResponse(ASSETS / name, headers={"Cache-Control": "private, max-age=604800"})
