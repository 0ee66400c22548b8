#!/usr/bin/python3
"""What the programs know and what is written about them are the same.

    check_docs.py            every option and command is in the manual pages, the shells' completions and the
                             documents, none of them names one that is not there, every key is in rollcall.yaml(5)
    check_docs.py --update   writes the generated parts anew: completions, keys of rollcall.yaml(5)

Options and commands are read from the tables in the sources, keys from `rollcall check --show`."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROLLCALL = ROOT / os.environ.get("BUILD", "build") / "rollcall"
MAN = ROOT / "docs" / "man"
BASH, ZSH = ROOT / "etc/completion/rollcall.bash", ROOT / "etc/completion/_rollcall"
BEGIN, END = "generated: begin", "generated: end"
FILES = {"config", "output", "socket"}  # options whose argument is a file
problems = []


def expect(good, text):
    if not good:
        problems.append(text)


def options_of(source):
    """[(long, takes an argument, letter or None)] of a getopt_long table."""
    text = (ROOT / source).read_text()
    table = text[text.index("struct option known[]"):]
    table = table[:table.index("{NULL")]
    found = re.findall(r'\{"([a-z-]+)",\s*(\w+),\s*NULL,\s*(\'(.)\'|\w+)\}', table)
    assert found, f"no options found in {source}"
    return [(name, argument == "required_argument", letter or None) for name, argument, _, letter in found]


def options_of_rollcall(source="src/ctl/invocation.c"):
    """The same of rollcall's own table."""
    text = (ROOT / source).read_text()
    table = text[text.index("} known[] = {"):]
    found = re.findall(r'\{"([a-z-]+)",\s*(?:0|\'(.)\'),\s*(TAKE_\w+),', table[:table.index("};")])
    assert found, f"no options found in {source}"
    without = {"TAKE_FLAG", "TAKE_HELP", "TAKE_OUR_VERSION"}
    return [(name, taking not in without, letter or None) for name, letter, taking in found]


def commands():
    text = (ROOT / "src/ctl/main.c").read_text()
    table = text[text.index("} commands[] ="):]
    found = re.findall(r'\{"([a-z]+)",\s*command_', table[:table.index("};")])
    assert found, "no commands found"
    return found


def keys():
    """[(section, documentation, [(key, what it takes, documentation)])]."""
    shown = subprocess.run([ROLLCALL, "check", "--show"], capture_output=True, text=True, check=True).stdout
    sections = []
    for line in shown.splitlines():
        if line.startswith("        "):
            sections[-1][2][-1].append(line.strip())
        elif line.startswith("    "):
            name, _, takes = line.strip().partition(": ")
            sections[-1][2].append([name, takes])
        elif line.startswith("  "):
            sections[-1][1] = line.strip()
        elif line:
            sections.append([line, "", []])
    assert sections, "no keys found"
    return sections


def escaped(text):
    """Text of a line of mdoc: nothing in it is a request or an escape."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text[:1] in ".'" else text


def quoted(text):
    return '"' + escaped(text).replace('"', '\\(dq') + '"'


def yaml_page():
    out = []
    for section, doc, entries in keys():
        out += [f".Ss {quoted(section)}", escaped(doc) + ("" if doc.endswith(".") else "."), ".Bl -tag -width Ds"]
        for name, takes, *text in entries:
            out += [f".It {quoted(name + ':')} {quoted(takes)}", escaped(" ".join(text) or takes)]
        out.append(".El")
    return out


def bash_words():
    words = sorted(f"--{name}" for name, _, _ in options_of_rollcall())
    with_file = [f"--{name}" for name, _, _ in options_of_rollcall() if name in FILES]
    with_file += [f"-{letter}" for name, _, letter in options_of_rollcall() if letter and name in FILES]
    with_word = [f"--{name}" for name, takes, _ in options_of_rollcall() if takes and name not in FILES]
    with_word += [f"-{letter}" for name, takes, letter in options_of_rollcall()
                  if takes and letter and name not in FILES]
    return [f"_rollcall_commands='{' '.join(sorted(commands()))}'", f"_rollcall_options='{' '.join(words)}'",
            f"_rollcall_with_file='{' '.join(sorted(with_file))}'", f"_rollcall_with_word='{' '.join(sorted(with_word))}'"]


def zsh_words():
    out = ["local -a commands=(" + " ".join(sorted(commands())) + ")", "local -a options=("]
    for name, takes, letter in sorted(options_of_rollcall()):
        argument = (":file:_files" if name in FILES else f":{name}:") if takes else ""
        out += [f"  '--{name}{argument and '=' + argument}'"]
        if letter:
            out += [f"  '-{letter}{argument and '+' + argument}'"]
    return out + [")"]


def generated(path, lines, update):
    text = path.read_text()
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    assert begin and end, f"{path}: no generated part"
    comment = tail_of_comment(head)
    now = head + begin + "\n" + "\n".join(lines) + "\n" + comment + end + tail
    if update:
        path.write_text(now)
    expect(now == text or update, f"{path.relative_to(ROOT)}: not what the sources say; run `make docs`")


def tail_of_comment(head):
    return head[head.rindex("\n") + 1:]


def check_page(page, program, known):
    text = (MAN / page).read_text()
    for name, _, letter in known:
        expect(f"Fl \\-{name}" in text, f"{page}: nothing about {program} --{name}")
        expect(letter is None or re.search(rf"Fl {letter}\b", text), f"{page}: nothing about {program} -{letter}")
    for name in re.findall(r"Fl \\-([a-z-]+)", text):
        expect(name in [option[0] for option in known], f"{page}: {program} has no option --{name}")


def check_commands():
    page = (MAN / "rollcall.1").read_text()
    documents = {path: path.read_text() for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]}
    for name in commands():
        expect(re.search(rf"^\.It Cm {name}\b", page, re.M), f"rollcall.1: nothing about the command {name}")
        expect(any(re.search(rf"rollcall (-\S+ \S+ )*{name}\b", text) for text in documents.values()),
               f"README.md, docs/: nothing about `rollcall {name}`")
    for name in re.findall(r"^\.It Cm ([a-z]+)", page, re.M):
        expect(name in commands(), f"rollcall.1: there is no command {name}")
    usage = subprocess.run([ROLLCALL, "--help"], capture_output=True, text=True, check=True).stdout
    for name in commands():
        expect(re.search(rf"^  {name}\b", usage, re.M), f"rollcall --help: nothing about {name}")
    for name, _, letter in options_of_rollcall():
        expect(re.search(rf"--{name}\b", usage) or (letter and f" -{letter} " in usage),
               f"rollcall --help: nothing about --{name}")


def check_formatting():
    """groff's own complaints, where it is there."""
    if shutil.which("groff") is None:
        return
    for page in sorted(MAN.iterdir()):
        done = subprocess.run(["groff", "-mdoc", "-ww", "-Tutf8", "-z", page], capture_output=True, text=True)
        expect(done.returncode == 0 and not done.stderr, f"{page.name}: {done.stderr.strip()}")


def main():
    update = sys.argv[1:] == ["--update"]
    generated(BASH, bash_words(), update)
    generated(ZSH, zsh_words(), update)
    generated(MAN / "rollcall.yaml.5", yaml_page(), update)
    check_page("rollcall.1", "rollcall", options_of_rollcall())
    check_page("rollcalld.8", "rollcalld", options_of("src/daemon/options.c"))
    check_commands()
    check_formatting()
    for problem in problems:
        print(f"check-docs: {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
