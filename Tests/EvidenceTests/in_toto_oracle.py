"""Reads a report with the reference libraries of DSSE and in-toto, and prints what they make of it.

usage: in_toto_oracle.py REPORT PUBLIC_KEY

Exits with an error when the signature does not fit the key, the statement is not valid, or the predicate has fields
that the Test Result predicate does not know (other than the extension field `drill`).
"""

import base64
import hashlib
import json
import sys

import google.protobuf.json_format as protobuf_json
from in_toto_attestation.predicates.test_result.v0.test_result_pb2 import TestResult
from in_toto_attestation.v1.resource_descriptor import ResourceDescriptor
from in_toto_attestation.v1.statement import Statement
from in_toto_attestation.v1.statement_pb2 import Statement as StatementMessage
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey


def read_key(path):
    """The last 32 bytes of an Ed25519 SubjectPublicKeyInfo are the key; the SHA-256 of all of it is the key id."""
    with open(path) as file:
        der = base64.b64decode("".join(line for line in file if not line.startswith("-----")))
    return SSlibKey(hashlib.sha256(der).hexdigest(), "ed25519", "ed25519", {"public": der[-32:].hex()})


def main(report_path, key_path):
    with open(report_path) as file:
        envelope = Envelope.from_dict(json.load(file))
    signers = envelope.verify([read_key(key_path)], 1)

    message = protobuf_json.Parse(envelope.payload, StatementMessage())
    Statement.copy_from_pb(message).validate()

    predicate = json.loads(envelope.payload)["predicate"]
    drill = predicate.pop("drill")
    result = protobuf_json.ParseDict(predicate, TestResult())
    for descriptor in result.configuration:
        ResourceDescriptor.copy_from_pb(descriptor).validate()

    json.dump(
        {
            "payloadType": envelope.payload_type,
            "signers": list(signers),
            "subject": [{"name": s.name, "digest": dict(s.digest)} for s in message.subject],
            "result": result.result,
            "passedTests": list(result.passed_tests),
            "warnedTests": list(result.warned_tests),
            "failedTests": list(result.failed_tests),
            "configuration": [c.content.decode() for c in result.configuration],
            "verdict": drill["verdict"],
        },
        sys.stdout,
        sort_keys=True,
    )


main(*sys.argv[1:])
