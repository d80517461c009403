"""Turns a file into a C header that holds its bytes as a zero-terminated array: embed.py INPUT OUTPUT NAME."""
import pathlib
import sys

source, target, name = sys.argv[1:]
numbers = [str(byte) for byte in pathlib.Path(source).read_bytes() + b"\0"]
lines = [", ".join(numbers[i:i + 24]) + ",\n" for i in range(0, len(numbers), 24)]
pathlib.Path(target).write_text(f"static const char {name}[] = {{\n{''.join(lines)}}};\n")
