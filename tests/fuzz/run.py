#!/usr/bin/python3
"""`make fuzz`: runs the fuzzers under libFuzzer, as many at a time as there are processors.

What libFuzzer learns is kept in FOLDER/NAME.corpus for the next run; an input that breaks something is left in
FOLDER/NAME-*, and its report is shown."""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys


def run(folder, seconds, name, seeds):
    corpus = folder / f"{name}.corpus"
    corpus.mkdir(exist_ok=True)
    limits = [f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048", "-max_len=16384"]
    done = subprocess.run([folder / name, *limits, "-use_value_profile=1", "-print_final_stats=1",
                           f"-artifact_prefix={folder}/{name}-", corpus, *seeds],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    return name, done.returncode, done.stdout.decode(errors="replace")


def figure(pattern, output):
    found = re.findall(pattern, output)
    return int(found[-1]) if found else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--time", type=int, default=60)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--fuzzer", action="append", default=[], help='"NAME SEEDS..."')
    args = parser.parse_args()
    broken = []
    print(f"{'fuzzer':<12} {'runs':>12} {'runs/s':>8} {'edges':>7}  outcome", flush=True)
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        words = [fuzzer.split() for fuzzer in args.fuzzer]
        jobs = [pool.submit(run, args.folder, args.time, name, seeds) for name, *seeds in words]
        for job in concurrent.futures.as_completed(jobs):
            name, status, output = job.result()
            runs = figure(r"stat::number_of_executed_units: +(\d+)", output)
            # A fuzzer that did not run has not passed.
            good = status == 0 and runs > 0
            rate = figure(r"stat::average_exec_per_sec: +(\d+)", output)
            edges = figure(r"cov: (\d+)", output)
            print(f"{name:<12} {runs:>12} {rate:>8} {edges:>7}  {'held' if good else 'BROKE'}", flush=True)
            if not good:
                broken.append((name, output))
    for name, output in broken:
        print(f"\n==== {name}\n{output[-6000:]}")
    return 1 if broken or not args.fuzzer else 0


if __name__ == "__main__":
    sys.exit(main())
