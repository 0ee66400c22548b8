#!/usr/bin/python3
"""`make check`: runs every test there is and counts.

Each job prints one line when it ends; the output of those that failed is shown.
The last line is `N passed, N failed`. A run that tested nothing has failed."""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import time

CMOCKA = re.compile(r"^\[  (PASSED|FAILED)  \].*?(\d+) test\(s\)", re.M)
PYTEST = re.compile(r"(\d+) (passed|failed|errors?)\b")
PLAIN = re.compile(r"^(\d+) passed, (\d+) failed$", re.M)


def count(kind, output, status):
    """(passed, failed) of one job. A job that ends badly has failed, whatever it counted."""
    passed = failed = 0
    if kind == "cmocka":
        # cmocka prints the passed total and, where there are any, the failed one.
        for word, number in CMOCKA.findall(output):
            if word == "PASSED":
                passed = int(number)
            else:
                failed = max(failed, int(number))
    elif kind == "pytest":
        for number, word in PYTEST.findall(output.splitlines()[-1] if output.strip() else ""):
            if word == "passed":
                passed += int(number)
            else:
                failed += int(number)
    elif kind == "plain":
        for good, bad in PLAIN.findall(output):
            passed, failed = passed + int(good), failed + int(bad)
    elif status == 0:
        passed = 1
    if status != 0 or passed + failed == 0:
        failed = max(failed, 1)
    return passed, failed


def run(job):
    kind, name, command = job
    began = time.monotonic()
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                              timeout=600)
        output, status = done.stdout.decode(errors="replace"), done.returncode
    except subprocess.TimeoutExpired as late:
        output, status = (late.stdout or b"").decode(errors="replace") + "\ntook longer than 600 s", 124
    passed, failed = count(kind, output, status)
    return name, passed, failed, time.monotonic() - began, output


def jobs_of(args):
    python = sys.executable
    for path in args.unit:
        yield "cmocka", str(path), [path]
    for command in args.command:
        name, _, rest = command.partition("=")
        yield "command", name, rest.split()
    for command in args.plain:
        name, _, rest = command.partition("=")
        yield "plain", name, rest.split()
    for path in args.pytest:
        yield "pytest", str(path), [python, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", path]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--unit", nargs="*", default=[])
    parser.add_argument("--pytest", nargs="*", default=[])
    parser.add_argument("--command", action="append", default=[], help="name=command, good if it exits 0")
    parser.add_argument("--plain", action="append", default=[], help="name=command that prints 'N passed, N failed'")
    args = parser.parse_args()
    passed = failed = 0
    broken = []
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for done in concurrent.futures.as_completed([pool.submit(run, job) for job in jobs_of(args)]):
            name, good, bad, seconds, output = done.result()
            passed, failed = passed + good, failed + bad
            print(f"{'FAIL' if bad else 'ok  '} {good:5d} passed {bad:3d} failed {seconds:6.1f} s  {name}", flush=True)
            if bad:
                broken.append((name, output))
    for name, output in broken:
        print(f"\n==== {name}\n{output[-8000:]}")
    print(f"\n{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
