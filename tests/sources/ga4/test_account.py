"""Whose key GA4 is asked with; none of it is ever told."""

import json

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from smm.sources import BadInput
from smm.sources.ga4 import SOURCE
from smm.sources.ga4 import account as ga4_account
from tests.sources.loading import Connection, job, load

SECRET = "SECRET-4f1d"
KEY = {"type": "service_account", "client_email": "smm@x.iam", "token_uri": "https://x", "private_key": SECRET}


@pytest.mark.parametrize(
    ("connection", "told"),
    [
        (Connection(host="analytics.example", port=443), "only an address on this machine"),
        (Connection(host="127.0.0.1"), r"\(no port\)"),
        (Connection(), "put a service account's JSON key into extra.keyfile_dict"),
        (Connection(extra_dejson={"keyfile_dict": KEY}), "not a service account's key"),
        (Connection(extra_dejson={"keyfile_dict": json.dumps(KEY)}), "not a service account's key"),
        (Connection(extra_dejson={"keyfile_dict": SECRET}), "not a service account's key"),
        (Connection(extra_dejson={"key_path": "/nowhere/key.json"}), "/nowhere/key.json cannot be read here"),
    ],
)
def test_connections_that_lead_nowhere(connection: Connection, told: str) -> None:
    with pytest.raises(BadInput, match=told) as raised:
        load(SOURCE, job(), connection)
    assert SECRET not in repr(raised.value)
    assert raised.value.__context__ is None or SECRET not in repr(raised.value.__context__)


def test_a_service_accounts_key_is_taken() -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    key = KEY | {"private_key": pem.decode()}
    for given in (key, json.dumps(key)):
        client, account = ga4_account.connect(Connection(extra_dejson={"keyfile_dict": given}))
        with client:
            assert account == "smm@x.iam"
