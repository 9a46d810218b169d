"""What keeps a stack from starting or going on."""


class TroubleError(Exception):
    """Shown to the person at the terminal as it is: what is wrong and what to do, without a traceback."""
