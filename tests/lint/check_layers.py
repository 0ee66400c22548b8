#!/usr/bin/python3
"""Holds the includes of src/ against src/LAYERS. Exit 1 names each breach."""
import fnmatch
import pathlib
import re
import sys

SRC = pathlib.Path(__file__).resolve().parents[2] / "src"
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def read_layers():
    may, foreign, libc = {}, {}, []
    for line in (SRC / "LAYERS").read_text().splitlines():
        line = line.split("#", 1)[0].strip()
        if not line:
            continue
        name, rest = line.split(":", 1)
        if name == "libc":
            libc = rest.split()
            continue
        ours, _, theirs = rest.partition("|")
        may[name], foreign[name] = ours.split(), theirs.split()
    return may, foreign, libc


def main():
    may, foreign, libc = read_layers()
    wrong, seen = [], 0
    for path in sorted(SRC.rglob("*.[ch]")):
        folder = path.relative_to(SRC).parts[0]
        if folder not in may:
            wrong.append(f"{path}: folder {folder} is not in src/LAYERS")
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = INCLUDE.match(line)
            if not found:
                continue
            seen += 1
            kind, name = found.groups()
            place = f"src/{path.relative_to(SRC)}:{number}"
            if kind == '"':
                target = name.split("/")[0]
                if "/" not in name or not (SRC / name).exists():
                    wrong.append(f'{place}: "{name}" is not a path below src/')
                elif target != folder and target not in may[folder]:
                    wrong.append(f"{place}: {folder} may not include {target}")
            elif not any(fnmatch.fnmatch(name, p) for p in libc + foreign[folder]):
                wrong.append(f"{place}: {folder} may not include <{name}>")
    for name, targets in may.items():
        for target in targets:
            if list(may).index(target) >= list(may).index(name):
                wrong.append(f"src/LAYERS: {name} points upwards to {target}")
    print("\n".join(wrong) if wrong else f"layers: {seen} includes, all as src/LAYERS says")
    return 1 if wrong or not seen else 0


if __name__ == "__main__":
    sys.exit(main())
