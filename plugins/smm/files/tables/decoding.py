"""The text of a file that people write, from its bytes."""

import codecs
import re
import unicodedata

# Excel's plain "CSV" is in the code page of the Windows that it runs on; these are those of the languages.
CODE_PAGES = {
    "cp1251": ("be", "bg", "kk", "ky", "mk", "ru", "tg", "uk"),
    "cp1252": ("da", "de", "en", "es", "fi", "fr", "it", "nb", "nl", "no", "pt", "sv"),
}
NAMES = {"cp1251": "Windows-1251", "cp1252": "Windows-1252"}
# What the words of one code page look like when they are read as the other: Swedish has single Cyrillic letters beside
# Latin ones ("mцte"), Russian is a row of accented letters ("ðåêëàìà").
FOREIGN = {
    "cp1251": re.compile(r"[A-Za-z][\u0400-\u04ff](?![\u0400-\u04ff])|(?<![\u0400-\u04ff])[\u0400-\u04ff][A-Za-z]"),
    "cp1252": re.compile(r"[À-ÖØ-öø-ÿ]{3}"),
}
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and .xls
INSTEAD = "save it as CSV UTF-8"


def decoded(body: bytes, language: str) -> tuple[str, str]:
    """The text and its encoding: by the byte order mark, UTF-8, then as Excel writes in this language.

    ``language`` is the client's; an empty one means that it is not known. Raises ValueError, which says what to do,
    where the bytes do not decide.
    """
    if body.startswith(WORKBOOKS):
        raise ValueError(f"is an Excel workbook: {INSTEAD}")
    is_wide = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))  # Excel's "Unicode text"
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", *_code_pages(language)):
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding not in FOREIGN or not FOREIGN[encoding].search(text):
            return unicodedata.normalize("NFC", text), encoding  # a Mac writes й as и and its breve
    told = " or ".join(NAMES[page] for page in _code_pages(language))
    raise ValueError(f"is no text in UTF-8{f' or {told}' if told else ''}: {INSTEAD}")


def _code_pages(language: str) -> tuple[str, ...]:
    return tuple(page for page, languages in CODE_PAGES.items() if not language or language in languages)
