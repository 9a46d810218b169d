"""The passwords and keys of one stack, made at its first start."""

import json
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cryptography.fernet import Fernet

from local.state import write_secret


def password() -> str:
    return secrets.token_urlsafe(12)


def fernet() -> str:
    return Fernet.generate_key().decode()


def signing() -> str:
    return secrets.token_urlsafe(64)  # tokens are signed with SHA-512, which wants 64 bytes


@dataclass(frozen=True, repr=False)
class Keys:
    postgres: str = field(default_factory=password)  # the cluster's superuser
    airflow: str = field(default_factory=password)  # the owner of Airflow's metadata
    warehouse: str = field(default_factory=password)  # the owner of the warehouse
    login: str = field(default_factory=password)  # Airflow's UI
    fernet: str = field(default_factory=fernet)  # encrypts connections and variables
    jwt: str = field(default_factory=signing)  # signs API tokens
    cookie: str = field(default_factory=signing)  # signs the UI's session

    @classmethod
    def kept(cls, file: Path) -> "Keys":
        """Those of an earlier start, or new ones; readable by nobody else."""
        if file.exists():
            return cls(**json.loads(file.read_text()))
        keys = cls()
        write_secret(file, json.dumps(asdict(keys)))
        return keys
