"""Pictures from outside, made small and harmless: nothing that was sent goes into a mail as it is."""

import logging
from io import BytesIO

log = logging.getLogger(__name__)

SIDE = 160  # pixels; letters show half of it
MOST_PIXELS = 25_000_000  # of what was sent
FORMATS = ("JPEG", "PNG", "WEBP")
QUALITY = 75


def small(picture: bytes) -> bytes | None:
    """The middle of it as a square JPEG, drawn anew and without its metadata; None if it is no picture."""
    from PIL import Image, ImageOps  # 0.1 s of imports, so not at the top

    try:
        with Image.open(BytesIO(picture), formats=FORMATS) as found:
            if found.width * found.height > MOST_PIXELS:
                return None
            turned = ImageOps.exif_transpose(found).convert("RGBA")
            ground = Image.new("RGBA", turned.size, "white")  # behind what is transparent
            square = ImageOps.fit(Image.alpha_composite(ground, turned).convert("RGB"), (SIDE, SIDE))
            made = BytesIO()
            square.save(made, "JPEG", quality=QUALITY, optimize=True)
    except Exception as error:  # noqa: BLE001  (a broken file makes Pillow raise almost anything)
        log.info("a picture could not be read: %s", type(error).__name__)
        return None
    return made.getvalue()
