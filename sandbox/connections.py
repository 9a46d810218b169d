"""The Airflow connections (JSON form) that lead to the far ends of this machine."""


def ga4_connection(port: int) -> dict[str, object]:
    """To the sandbox's GA4: plaintext gRPC, no key."""
    return {"conn_type": "google_cloud_platform", "host": "127.0.0.1", "port": port, "extra": {}}


def metrica_connection(port: int, token: str) -> dict[str, object]:
    """To the sandbox's Metrica."""
    return {"conn_type": "http", "host": f"http://127.0.0.1:{port}", "password": token}


def vk_connection(
    port: int, user_token: str, service_token: str, community_token: str | None = None
) -> dict[str, object]:
    """To the sandbox's VK."""
    of_community = {"community_token": community_token} if community_token else {}
    return {
        "conn_type": "http",
        "host": f"http://127.0.0.1:{port}",
        "password": user_token,
        "extra": {"service_token": service_token, **of_community},
    }


def meta_connection(port: int, token: str) -> dict[str, object]:
    """To the sandbox's Graph API."""
    return {"conn_type": "http", "host": f"http://127.0.0.1:{port}", "password": token}
