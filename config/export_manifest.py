"""The signed manifest of an export (docs/manifest-format.md), for the programs in the directories beside this file.

It needs Python 3 and OpenSSL 3, and nothing else.
"""

import base64
import json
import subprocess
import tempfile
from pathlib import Path

MANIFEST = "manifest.dsse.json"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "tag:pgassay,2026:cold-tier-export/v1"
# The start of a SubjectPublicKeyInfo (RFC 8410) with an Ed25519 key; the 32 bytes of the key follow.
ED25519 = bytes.fromhex("302a300506032b6570032100")


class Refusal(Exception):
    """The call, the manifest or the signature is wrong, so nothing can be done."""


def verified_manifest(envelope_text, public_key, layouts):
    """The predicate of the manifest, after its signature has been verified with the key.

    - layouts: those that the caller knows.
    """
    try:
        envelope = json.loads(envelope_text)
        payload_type = envelope["payloadType"]
        payload = base64.b64decode(envelope["payload"], validate=True)
        signatures = [base64.b64decode(signature["sig"], validate=True) for signature in envelope["signatures"]]
    except (ValueError, KeyError, TypeError) as error:
        raise Refusal(f"{MANIFEST} is not a DSSE envelope") from error
    if payload_type != PAYLOAD_TYPE:
        raise Refusal(f"{MANIFEST} holds {payload_type!r}, not an in-toto statement")
    if not signatures:
        raise Refusal(f"{MANIFEST} is not signed, so there is nothing to compare the rows with")
    # DSSE's pre-authentication encoding: it protects both the type and the payload from being replaced.
    signed = f"DSSEv1 {len(payload_type)} {payload_type} {len(payload)} ".encode() + payload
    if not any(is_valid(signature, signed, public_key) for signature in signatures):
        raise Refusal(f"the signature of {MANIFEST} does not fit {public_key}: changed, or signed with another key")

    statement = json.loads(payload)
    if statement.get("_type") != STATEMENT_TYPE or statement.get("predicateType") != PREDICATE_TYPE:
        raise Refusal(f"what is signed is not the manifest of an export, but {statement.get('predicateType')!r}")
    manifest = statement["predicate"]
    if manifest["layout"] not in layouts:
        raise Refusal(f"the export's layout is {manifest['layout']!r}, and this job knows {', '.join(layouts)}")
    return manifest


def checked_key(path):
    """The path, after a check that the file is an Ed25519 public key."""
    try:
        lines = Path(path).read_text(encoding="ascii").splitlines()
        if lines[0] != "-----BEGIN PUBLIC KEY-----" or lines[-1] != "-----END PUBLIC KEY-----":
            raise Refusal(f"{path} is not a public key in PEM")
        der = base64.b64decode("".join(lines[1:-1]), validate=True)
    except (OSError, ValueError, IndexError) as error:
        raise Refusal(f"cannot read the public key {path}: {error}") from error
    if len(der) != len(ED25519) + 32 or not der.startswith(ED25519):
        raise Refusal(f"{path} is not an Ed25519 key")
    return path


def is_valid(signature, signed, public_key):
    """Whether openssl verifies the signature. It reads files; they hold nothing secret."""
    with tempfile.TemporaryDirectory() as directory:
        signed_file, signature_file = Path(directory, "signed"), Path(directory, "signature")
        signed_file.write_bytes(signed)
        signature_file.write_bytes(signature)
        verify = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", public_key, "-rawin"]
        try:
            outcome = subprocess.run(
                [*verify, "-in", signed_file, "-sigfile", signature_file], capture_output=True, text=True, check=False
            )
        except OSError as error:
            raise Refusal(f"openssl (3.0 or newer) is needed on the driver: {error}") from error
    if outcome.returncode == 0:
        return True
    if "Signature Verification Failure" in outcome.stdout + outcome.stderr:
        return False
    raise Refusal(f"openssl (3.0 or newer) cannot verify the signature: {outcome.stderr.strip()}")
