"""Pictures of posts, of which each number has its own."""

from io import BytesIO

COLOURS = ((0xE07A5F, 0xF2CC8F), (0x3D5A80, 0x98C1D9), (0x6A994E, 0xF2E8CF), (0x9D4EDD, 0xFFD6FF), (0x264653, 0xE9C46A))


def draw(number: int, width: int) -> bytes:
    """A JPEG: a round thing on a table, of two colours; the same at every time."""
    from PIL import Image, ImageDraw  # few need it: 0.1 s of imports

    height = width * 3 // 4
    dark, light = (tuple(colour.to_bytes(3)) for colour in COLOURS[number % len(COLOURS)])
    picture = Image.linear_gradient("L").resize((width, height))
    picture = Image.composite(Image.new("RGB", picture.size, dark), Image.new("RGB", picture.size, light), picture)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, height * 0.72, width, height), fill=dark)
    size, at = height * (0.35 + number % 4 * 0.08), width * (0.3 + number % 5 * 0.1)
    pen.ellipse((at - size / 2, height * 0.78 - size, at + size / 2, height * 0.78), fill="white", outline=dark)
    made = BytesIO()
    picture.save(made, "JPEG", quality=85)
    return made.getvalue()
