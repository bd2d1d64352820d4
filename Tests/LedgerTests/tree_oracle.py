"""Merkle trees as RFC 6962 (2.1) defines them, and nothing else: the argument is a file of JSON, the answer is JSON.

{"entries": [hex, …]} gives the roots of all sizes, every inclusion proof and every consistency proof.
"""

import hashlib
import json
import sys


def sha256(data):
    return hashlib.sha256(data).digest()


def split(size):
    power = 1
    while power * 2 < size:
        power *= 2
    return power


def root(entries):
    if not entries:
        return sha256(b"")
    if len(entries) == 1:
        return sha256(b"\0" + entries[0])
    middle = split(len(entries))
    return sha256(b"\1" + root(entries[:middle]) + root(entries[middle:]))


def path(index, entries):
    if len(entries) == 1:
        return []
    middle = split(len(entries))
    if index < middle:
        return path(index, entries[:middle]) + [root(entries[middle:])]
    return path(index - middle, entries[middle:]) + [root(entries[:middle])]


def subproof(size, entries, whole):
    if size == len(entries):
        return [] if whole else [root(entries)]
    middle = split(len(entries))
    if size <= middle:
        return subproof(size, entries[:middle], whole) + [root(entries[middle:])]
    return subproof(size - middle, entries[middle:], False) + [root(entries[:middle])]


def text(hashes):
    return [hash.hex() for hash in hashes]


entries = [bytes.fromhex(entry) for entry in json.load(open(sys.argv[1]))["entries"]]
count = len(entries)
json.dump(
    {
        "roots": text(root(entries[:size]) for size in range(count + 1)),
        "inclusion": [
            [text(path(index, entries[:size])) for index in range(size)] for size in range(1, count + 1)
        ],
        "consistency": [
            [text(subproof(old, entries[:new], True)) for old in range(1, new + 1)] for new in range(1, count + 1)
        ],
    },
    sys.stdout,
)
