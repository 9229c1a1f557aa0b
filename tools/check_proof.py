#!/usr/bin/env python3
"""Checks a proof of the time bank with nothing but Python's standard library.

    python3 check_proof.py PROOF.json ROOT                 does the transfer stand under this root?
    python3 check_proof.py PROOF.json --chain SEALS.jsonl  … and is its seal the published one?
    python3 check_proof.py --chain SEALS.jsonl [--keys KEYS.jsonl]   does each seal follow the one before it?

Signatures are checked with the package `cryptography` or the program `openssl`, whichever is there.  It shares no code
with the time bank: `docs/proofs.md` is all it was written from.  Exit codes: 0 it holds, 1 it does not, 2 unreadable.
"""

import argparse
import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ZEROS = "00" * 32


class Wrong(Exception):
    """It does not hold, and why."""


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def head_of(leaf, index, leaves, path):
    """RFC 9162 section 2.1.3.2, with which a path of RFC 6962 is followed."""
    if not 0 <= index < leaves:
        raise Wrong("the place lies outside the tree")
    fn, sn, result = index, leaves - 1, leaf
    for step in path:
        if sn == 0:
            raise Wrong("the path is too long")
        if fn & 1 or fn == sn:
            result = sha256(b"\x01", step, result)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            result = sha256(b"\x01", result, step)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:
        raise Wrong("the path is too short")
    return result


def message_of(seal):
    names = ("format", "tenant", "n", "leaves", "prev_root", "root", "sealed_at")
    return "".join(f"{seal[name]}\n" for name in names).encode()


def is_signed(public_key, message, signature):
    """True, False, or None when nothing here can tell."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.serialization import load_der_public_key
    except ImportError:
        return openssl(public_key, message, signature)
    try:
        load_der_public_key(public_key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def openssl(public_key, message, signature):
    if not shutil.which("openssl"):
        return None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in (("key", public_key), ("message", message), ("signature", signature)):
            (folder / file).write_bytes(content)
        words = "pkeyutl -verify -pubin -keyform DER -inkey key -rawin -in message -sigfile signature"
        done = subprocess.run(["openssl", *words.split()], cwd=folder, capture_output=True, check=False)
    return done.returncode == 0


def check_signature(seal, public_key):
    """Returns what is to be said about the signature.  Raises Wrong."""
    if not seal["signature"]:
        return "not signed (an early seal)"
    if hashlib.sha256(public_key).hexdigest()[:16] != seal["key"]:
        raise Wrong(f"seal {seal['n']} is signed by another key")
    signed = is_signed(public_key, message_of(seal), bytes.fromhex(seal["signature"]))
    if signed is None:
        return "signature not checked (neither cryptography nor openssl is here)"
    if not signed:
        raise Wrong(f"the signature of seal {seal['n']} does not fit")
    return "signed"


def check_proof(proof, root):
    seal = proof["seal"]
    *facts, entries = json.loads(proof["text"])
    transfer = proof["transfer"]
    told = [value for name, value in transfer.items() if name != "entries"]
    if told != facts or [list(entry.values()) for entry in transfer["entries"]] != entries:
        raise Wrong("what the file says about the transfer is not what its sealed text says")
    leaf = sha256(b"\x00", proof["text"].encode())
    if leaf.hex() != proof["leaf"]:
        raise Wrong("the transfer was altered: its digest is not the leaf")
    head = head_of(leaf, proof["index"], seal["leaves"], [bytes.fromhex(step) for step in proof["path"]])
    if sha256(bytes.fromhex(seal["prev_root"]), head).hex() != seal["root"]:
        raise Wrong("the path does not lead to the root of the seal")
    said = check_signature(seal, base64.b64decode(proof["public_key"]))
    if root and "".join(root.split()).lower() != seal["root"]:
        raise Wrong(f"the proof holds for another root: {seal['root']}")
    return f"transfer {transfer['id']} stands under seal {seal['n']} of {seal['tenant']}; {said}"


def check_chain(seals, keys):
    for before, seal in zip([None, *seals[:-1]], seals, strict=True):
        if seal["prev_root"] != (before["root"] if before else ZEROS if seal["n"] == 1 else seal["prev_root"]):
            raise Wrong(f"seal {seal['n']} does not follow the seal before it")
        if before and (seal["n"], seal["tenant"]) != (before["n"] + 1, before["tenant"]):
            raise Wrong(f"after seal {before['n']} comes seal {seal['n']}")
        if before and before["signature"] and not seal["signature"]:
            raise Wrong(f"seal {seal['n']} is not signed although the one before it is")
        if keys and seal["signature"]:
            if seal["key"] not in keys:
                raise Wrong(f"seal {seal['n']} is signed by a key that was never published")
            check_signature(seal, keys[seal["key"]])
    return f"seals {seals[0]['n']} to {seals[-1]['n']} follow one another; last root {seals[-1]['root']}"


def lines(path):
    found = [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]
    if not found:
        raise ValueError(f"{path} is empty")
    return found


def run(given):
    if given.chain:
        seals = lines(given.chain)
        keys = {line["key"]: base64.b64decode(line["public_key"]) for line in lines(given.keys)} if given.keys else {}
        print(check_chain(seals, keys))
    if given.proof:
        proof = json.loads(Path(given.proof).read_text(encoding="utf-8"))
        if given.chain and proof["seal"] not in seals:
            raise Wrong("the seal of the proof is not among the published ones")
        print(check_proof(proof, given.root))


def main():
    parser = argparse.ArgumentParser(description="Checks a proof of the time bank.")
    parser.add_argument("proof", nargs="?")
    parser.add_argument("root", nargs="?")
    parser.add_argument("--chain")
    parser.add_argument("--keys")
    given = parser.parse_args()
    if not given.chain and not (given.proof and given.root):
        parser.error("give a proof and the root you trust, or --chain")
    try:
        run(given)
    except Wrong as error:
        print(f"It does not hold: {error}.", file=sys.stderr)
        return 1
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"Nothing can be said, the file cannot be read: {error!r}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
