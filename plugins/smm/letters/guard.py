"""What must not go out."""


class Unfit(Exception):
    """A letter must not go out; the text is why."""
