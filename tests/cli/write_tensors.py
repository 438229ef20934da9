#!/usr/bin/env python3
"""Writes a safetensors file for a test: write_tensors.py FILE NAME=TYPE:SHAPE[:VALUE] …

TYPE is F32, F64 or I64; SHAPE is numbers by commas; VALUE fills the tensor (default: a ramp from 0 to 1).
"""

import json
import math
import struct
import sys

FORMATS = {"F32": ("f", 4), "F64": ("d", 8), "I64": ("q", 8)}


def main():
    header, data = {}, b""
    for text in sys.argv[2:]:
        name, _, rest = text.partition("=")
        kind, shape, *value = rest.split(":")
        shape = [int(size) for size in shape.split(",")]
        count = math.prod(shape)
        letter, size = FORMATS[kind]
        values = [float(value[0])] * count if value else [i / count for i in range(count)]
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [len(data), len(data) + count * size]}
        data += struct.pack(f"<{count}{letter}", *(map(int, values) if letter == "q" else values))
    text = json.dumps(header).encode()
    with open(sys.argv[1], "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


main()
