"""The work of changing a cipher, for `dying`."""

from __future__ import annotations

from cryptography.fernet import Fernet

from uwlr.exchange import Koppelingen, SqlLeden, Store
from uwlr.exchange.store_cipher import WrongCipher


def change(url, mortal, old, new):
    """Give a store its new cipher."""
    with Store(url, cipher=Fernet(old) if old else None) as store:
        mortal(store).rekey(Fernet(new))


def check(url, old, new):
    """See that one of the ciphers reads all, and the other nothing."""
    opened = [key for key in (old, new) if _reads(url, key)]
    assert len(opened) == 1


def _reads(url, key):
    with Store(url, cipher=Fernet(key) if key else None) as store:
        try:
            return bool(Koppelingen(store).get(1).bronnen and SqlLeden(store, "s1").find("leerling")[0].gegevens.key)
        except WrongCipher:
            return False
