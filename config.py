"""Settings, read once from the environment (names start with TIMEBANK_)."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parent
INSTANCE = Path(os.environ.get("TIMEBANK_INSTANCE", ROOT / "instance"))


def _local_secrets() -> dict[str, str]:
    """Keys of an installation without a key store: made once, readable by the owner only."""
    path = INSTANCE / "secrets.json"
    if path.exists():
        return dict(json.loads(path.read_text()))
    INSTANCE.mkdir(parents=True, exist_ok=True)
    made = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "INDEX_KEY": secrets.token_urlsafe(48),
    }
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was first; its keys count
        return dict(json.loads(path.read_text()))
    with os.fdopen(descriptor, "w") as file:
        json.dump(made, file)
    return made


def _database_url() -> str:
    return _with_driver(os.environ.get("TIMEBANK_DATABASE_URL") or f"sqlite:///{INSTANCE / 'timebank.db'}")


def _with_driver(url: str) -> str:
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            return url.replace(plain, "postgresql+psycopg://", 1)
    return url


def settings() -> dict[str, object]:
    """The Flask configuration.  Raises nothing; missing keys are made on first start (see docs/security.md)."""
    env = os.environ
    named = {"SECRET_KEY", "ENCRYPTION_KEYS", "INDEX_KEY"}
    keys = {name: env[f"TIMEBANK_{name}"] for name in named if f"TIMEBANK_{name}" in env}
    if len(keys) < len(named):
        keys = _local_secrets() | keys
    return {
        "TIMEBANK_INSTANCE": str(INSTANCE),
        "SECRET_KEY": keys["SECRET_KEY"],
        "TIMEBANK_ENCRYPTION_KEYS": keys["ENCRYPTION_KEYS"].split(","),
        "TIMEBANK_INDEX_KEY": keys["INDEX_KEY"],
        "SQLALCHEMY_DATABASE_URI": _database_url(),
        "SQLALCHEMY_ENGINE_OPTIONS": {},
        "TIMEBANK_OWNER_URL": _with_driver(env.get("TIMEBANK_OWNER_URL", "")),
        "TIMEBANK_REQUIRE_DURABLE": env.get("TIMEBANK_REQUIRE_DURABLE", "") == "1",
        "TIMEBANK_REQUIRE_APP_ROLE": env.get("TIMEBANK_REQUIRE_APP_ROLE", "") == "1",
        "TIMEBANK_BASE_URL": env.get("TIMEBANK_BASE_URL", "http://localhost:8000"),
        "TIMEBANK_SMTP_URL": env.get("TIMEBANK_SMTP_URL", ""),
        "TIMEBANK_SEAL_KEY": env.get("TIMEBANK_SEAL_KEY", ""),
        "TIMEBANK_SEAL_KEY_FILE": str(INSTANCE / "seal-key.pem"),
        "TIMEBANK_SEAL_FOLDER": env.get("TIMEBANK_SEAL_FOLDER", str(INSTANCE / "seals")),
        "TIMEBANK_DEMO": env.get("TIMEBANK_DEMO", "") == "1",
        "TIMEBANK_MAP_TILES": env.get("TIMEBANK_MAP_TILES", ""),
        "TIMEBANK_MAP_CREDIT": env.get("TIMEBANK_MAP_CREDIT", ""),
        "MAX_CONTENT_LENGTH": 16 * 1024 * 1024,
        "MAX_FORM_PARTS": 5000,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": env.get("TIMEBANK_HTTPS", "") == "1",
        "PERMANENT_SESSION_LIFETIME": int(env.get("TIMEBANK_SESSION_MINUTES", "480")) * 60,
        "WTF_CSRF_TIME_LIMIT": None,
        "BOOTSTRAP_SERVE_LOCAL": True,
        "BABEL_DEFAULT_LOCALE": "zh",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
    }
