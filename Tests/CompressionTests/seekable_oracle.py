"""Reads a seekable zstd file as zstd's contrib/seekable_format describes it, and prints its frames.

A second opinion on Sources/Formats/Compression/Seekable: written from the format's description, with nothing in common. Each frame is
decoded apart from the others by the zstd tool; its XXH64 is computed here.

    seekable_oracle.py < FILE    prints "compressed decompressed checksum" for each frame; fails when anything is off
"""

import struct
import subprocess
import sys

PRIMES = (
    0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5,
)
MASK = (1 << 64) - 1


def rotated(number, bits):
    return (number << bits | number >> (64 - bits)) & MASK


def round_of(accumulator, lane):
    return rotated((accumulator + lane * PRIMES[1]) & MASK, 31) * PRIMES[0] & MASK


def xxh64(data):
    """XXH64 with the seed 0, by doc/xxhash_spec.md of xxHash."""
    p1, p2, p3, p4, p5 = PRIMES
    at = 0
    if len(data) >= 32:
        lanes = [(p1 + p2) & MASK, p2, 0, -p1 & MASK]
        while at + 32 <= len(data):
            for index, lane in enumerate(struct.unpack_from("<4Q", data, at)):
                lanes[index] = round_of(lanes[index], lane)
            at += 32
        hash_ = sum(rotated(lane, bits) for lane, bits in zip(lanes, (1, 7, 12, 18))) & MASK
        for lane in lanes:
            hash_ = ((hash_ ^ round_of(0, lane)) * p1 + p4) & MASK
    else:
        hash_ = p5
    hash_ = (hash_ + len(data)) & MASK
    while at + 8 <= len(data):
        hash_ ^= round_of(0, struct.unpack_from("<Q", data, at)[0])
        hash_ = (rotated(hash_, 27) * p1 + p4) & MASK
        at += 8
    if at + 4 <= len(data):
        hash_ ^= struct.unpack_from("<I", data, at)[0] * p1 & MASK
        hash_ = (rotated(hash_, 23) * p2 + p3) & MASK
        at += 4
    for byte in data[at:]:
        hash_ = rotated(hash_ ^ byte * p5 & MASK, 11) * p1 & MASK
    hash_ = (hash_ ^ hash_ >> 33) * p2 & MASK
    hash_ = (hash_ ^ hash_ >> 29) * p3 & MASK
    return hash_ ^ hash_ >> 32


def main():
    file = sys.stdin.buffer.read()
    count, descriptor, magic = struct.unpack("<IBI", file[-9:])
    assert magic == 0x8F92EAB1, "the seekable magic number"
    assert descriptor == 0x80, "the descriptor: checksums, and nothing reserved or unused"
    table = 8 + count * 12 + 9
    skippable, size = struct.unpack_from("<II", file, len(file) - table)
    assert skippable == 0x184D2A5E, "the skippable magic number"
    assert size == table - 8, "the size of the skippable frame"
    offset = 0
    for index in range(count):
        compressed, decompressed, checksum = struct.unpack_from("<III", file, len(file) - table + 8 + index * 12)
        frame = file[offset:offset + compressed]
        assert frame[:4] == b"\x28\xb5\x2f\xfd", "each entry is one frame"
        content = subprocess.run(["zstd", "-dcq"], input=frame, stdout=subprocess.PIPE, check=True).stdout
        assert len(content) == decompressed, f"frame {index}: the decompressed size"
        assert xxh64(content) & 0xFFFFFFFF == checksum, f"frame {index}: the checksum"
        print(compressed, decompressed, checksum)
        offset += compressed
    assert offset == len(file) - table, "nothing between the frames and the table"


assert xxh64(b"") == 0xEF46DB3751D8E999, "the published value for no input"
main()
