"""Plain, unencrypted connections are for far ends on this machine only: tests, the sandbox, a tunnel."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Whether a host's name or address surely is this machine. Names other than localhost are not looked up."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
