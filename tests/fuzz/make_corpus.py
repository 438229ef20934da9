#!/usr/bin/env python3
"""Writes tests/fuzz/corpus: small files, good-… to be taken and bad-… to be refused. Needs numpy, onnx and pillow.

The ONNX models come from make_models.py beside this file.
"""

import io
import json
import pathlib
import struct
import zipfile

import numpy as np
from PIL import Image

import make_models

CORPUS = pathlib.Path(__file__).parent / "corpus"


def write(target, name, content):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


def safetensors(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def tensor(dtype="F32", shape=(2,), begin=0, end=8):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, end]}


def write_safetensors():
    good = safetensors({"__metadata__": {"by": "hand"}, "a": tensor(), "b": tensor("I64", (1, 1), 8, 16),
                        "c": tensor("BOOL", (2,), 16, 18), "d": tensor("BF16", (0,), 18, 18)}, bytes(16) + b"\0\1")
    write("safetensors", "good-four", good)
    write("safetensors", "good-none", safetensors({}))
    write("safetensors", "bad-truncated", good[:-1])
    write("safetensors", "bad-long-header", struct.pack("<Q", 2**63) + good[8:])
    write("safetensors", "bad-overlap", safetensors({"a": tensor(), "b": tensor()}, bytes(8)))
    write("safetensors", "bad-hole", safetensors({"a": tensor(begin=8, end=16)}, bytes(16)))
    write("safetensors", "bad-overflow", safetensors({"a": tensor("F64", (2**40, 2**40), 0, 0)}))
    write("safetensors", "bad-wrapped", safetensors({"a": tensor("F64", (2**61,), 0, 0)}))
    write("safetensors", "bad-negative", safetensors({"a": tensor(shape=(-2, -1))}, bytes(8)))
    write("safetensors", "bad-backwards", safetensors({"a": tensor(begin=8, end=0)}, bytes(8)))
    write("safetensors", "bad-bool", safetensors({"a": tensor("BOOL", (1,), 0, 1)}, b"\2"))
    write("safetensors", "bad-twice", safetensors(b'{"a":%s,"a":%s}' % ((json.dumps(tensor()).encode(),) * 2), bytes(8)))
    write("safetensors", "bad-deep", safetensors(b'{"a":' + b"[" * 5000))


def npy(descr="<f4", shape="(2,)", order=False, data=bytes(8)):
    header = f"{{'descr': {descr!r}, 'fortran_order': {order}, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header + data


def archive(entries, method=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, content in entries:
            file.writestr(zipfile.ZipInfo(name), content, method)
    return out.getvalue()


def write_npz():
    good = archive([("a.npy", npy()), ("b.npy", npy("|S3", "()", data=b"abc")), ("c.npy", npy("<i8", "(1, 1)"))])
    write("npz", "good-stored", good)
    packed = archive([("a.npy", npy(data=bytes(400), shape="(10, 10)"))], zipfile.ZIP_DEFLATED)
    write("npz", "good-deflated", packed)
    write("npz", "bad-truncated", good[:-4])
    write("npz", "bad-checksum", good.replace(b"NUMPY", b"NUMPy", 1))
    at = packed.rfind(b"PK\1\2") + 24
    write("npz", "bad-claim", packed[:at] + struct.pack("<I", 2**32 - 2) + packed[at + 4:])
    at = packed.find(b"PK\3\4") + 40
    write("npz", "bad-deflate", packed[:at] + b"\xff\xff" + packed[at + 2:])
    for name, content in {"object": npy("|O"), "large": npy(shape="(1099511627776, 1099511627776)"),
                          "wrapped": npy("<f8", "(2305843009213693952,)", data=b""), "negative": npy(shape="(-2,)"),
                          "order": npy(shape="(1, 2)", order=True), "header": npy()[:20]}.items():
        write("npz", f"bad-{name}", archive([("a.npy", content)]))


def picture(kind, size=(9, 7), mode="RGB", **options):
    pixels = np.random.default_rng(0).integers(0, 256, (size[1], size[0], len(mode)), np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels.squeeze(), mode).save(out, kind, **options)
    return out.getvalue()


def write_pictures():
    exif = Image.Exif()
    exif[0x0112] = 6
    good = {"jpeg": picture("JPEG", exif=exif), "progressive": picture("JPEG", progressive=True),
            "grey-jpeg": picture("JPEG", mode="L"), "cmyk": picture("JPEG", mode="CMYK"), "png": picture("PNG", exif=exif),
            "alpha": picture("PNG", mode="RGBA"), "grey-png": picture("PNG", mode="L"),
            "webp": picture("WEBP", lossless=True), "lossy": picture("WEBP", exif=exif), "bmp": picture("BMP"),
            "grey-bmp": picture("BMP", mode="L")}
    for name, content in good.items():
        write("image", f"good-{name}", content)
    for name in ("jpeg", "png", "webp", "bmp"):
        write("image", f"bad-{name}", good[name][:-12])
    write("image", "bad-size-png", good["png"].replace(struct.pack(">II", 9, 7), struct.pack(">II", 2**31 - 1, 2**31 - 1)))
    write("image", "bad-size-bmp", good["bmp"].replace(struct.pack("<ii", 9, 7), struct.pack("<ii", 2**31 - 1, -2**31)))
    write("image", "bad-text", "hello")


def write_preparations():
    vit = {"image_processor_type": "ViTImageProcessor", "do_resize": True, "size": {"height": 8, "width": 8},
           "resample": 2, "do_rescale": True, "rescale_factor": 1 / 255, "do_normalize": True,
           "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}
    timm = {"input_size": [3, 8, 8], "interpolation": "bicubic", "crop_pct": 0.9, "mean": [0, 0, 0], "std": [1, 1, 1]}
    clip = {"image_processor_type": "CLIPImageProcessor", "size": {"shortest_edge": 8}, "do_center_crop": True,
            "crop_size": {"height": 6, "width": 6}}
    for name, config in {"vit": vit, "timm": timm, "clip": clip, "nested": {"pretrained_cfg": timm}}.items():
        write("preparation", f"good-{name}", json.dumps(config))
    for name, change in {"negative": {"size": -8}, "huge": {"size": {"height": 2**62, "width": 2**62}},
                         "edge": {"size": {"shortest_edge": 2**62}}, "std": {"image_std": 0},
                         "number": {"rescale_factor": 1e300, "size": 1e300}, "mean": {"image_mean": [1, 2]},
                         "filter": {"resample": 77}, "list": {"size": [[8]]}}.items():
        write("preparation", f"bad-{name}", json.dumps(vit | change))
    write("preparation", "bad-crop", json.dumps(clip | {"crop_size": 2**62}))
    write("preparation", "bad-deep", "[" * 20000)
    write("preparation", "bad-json", json.dumps(vit)[:-3])


def write_tokenizers():
    special = {"id": 0, "content": "[UNK]", "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
               "special": True}
    words = ["[UNK]", "[MASK]", "the", "cat", "##'", "##s", "na", "##ive", "end", "##."]
    common = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [special], "normalizer": None,
              "pre_tokenizer": {"type": "Whitespace"}, "post_processor": None, "decoder": None}
    pieces = {word: i for i, word in enumerate(words)}
    word_piece = {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100, "vocab": pieces}
    template = {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A", "type_id": 0}}],
                "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
                "special_tokens": {}}
    pairs = {"type": "BPE", "vocab": {c: i for i, c in enumerate(["c", "a", "t", "ca", "cat"])},
             "merges": ["c a", "ca t"], "unk_token": "t", "byte_fallback": True}
    lattice = {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0], ["a", -1.5], ["t", -2], ["at", -1]]}
    good = {"words": common | {"model": word_piece, "post_processor": template},
            "pairs": common | {"model": pairs, "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False,
                                                                 "trim_offsets": True, "use_regex": True}},
            "lattice": common | {"model": lattice, "normalizer": {"type": "NFKC"}},
            "cut": common | {"model": word_piece, "truncation": {"direction": "Left", "max_length": 2**62, "stride": 0,
                                                                "strategy": "LongestFirst"},
                             "padding": {"strategy": {"Fixed": 2**62}, "direction": "Right", "pad_id": 0,
                                         "pad_type_id": 0, "pad_token": "x", "pad_to_multiple_of": None}}}
    for name, content in good.items():
        write("tokenizer", f"good-{name}", json.dumps(content))
    bad = {"model": common | {"model": {}}, "unknown": common | {"model": lattice | {"unk_id": 9}},
           "merges": common | {"model": pairs | {"merges": ["c x"]}},
           "regex": common | {"model": word_piece, "pre_tokenizer": {
               "type": "Split", "pattern": {"Regex": "(("}, "behavior": "Isolated", "invert": False}},
           "charsmap": common | {"model": lattice, "normalizer": {"type": "Precompiled",
                                                                 "precompiled_charsmap": "/////w=="}}}
    for name, content in bad.items():
        write("tokenizer", f"bad-{name}", json.dumps(content))
    write("tokenizer", "bad-deep", '{"model":' + "[" * 5000)
    write("tokenizer", "bad-empty", "")


write_safetensors()
write_npz()
write_pictures()
write_preparations()
write_tokenizers()
for target, models in make_models.models().items():
    for name, content in models.items():
        write(target, f"{name}.onnx", content)
