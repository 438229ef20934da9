#!/usr/bin/env python3
"""Runs a test of the command line that is written as data (see README.md here for the format).

run.py FILE.test --pellucid BINARY --source DIR --fixtures DIR
Exit status: 0 passed, 1 failed, 77 skipped, 2 the file is not well-formed.
"""

import argparse
import dataclasses
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
TIMEOUT_SECONDS = 300


class FormatError(Exception):
    pass


@dataclasses.dataclass
class Step:
    line: int
    command: str
    exit: int = 0
    stdout: list = None  # None: not looked at
    stderr: list = None


@dataclasses.dataclass
class Test:
    needs: list
    setup: list
    steps: list


def logical_lines(text):
    """(line number, line); a trailing backslash continues a line."""
    start, held = None, ""
    for number, line in enumerate(text.splitlines(), 1):
        start = start or number
        if line.endswith("\\"):
            held += line[:-1]
            continue
        yield start, held + line
        start, held = None, ""
    if start:
        raise FormatError(f"line {start}: nothing follows the backslash")


def parse(text):
    test, block = Test([], [], []), None
    for number, line in logical_lines(text):
        if line.startswith("  "):
            if block is None:
                raise FormatError(f"line {number}: an expected line outside of 'stdout:' and 'stderr:'")
            block.append(line[2:])
            continue
        if line.strip() == "" or line.startswith("#"):
            continue
        block = None
        if line.startswith("$ "):
            test.steps.append(Step(number, line[2:]))
            continue
        key, colon, value = line.partition(":")
        value = value.strip()
        if key in ("needs", "setup") and colon and value and not test.steps:
            getattr(test, key).append(value)
        elif key == "exit" and test.steps and re.fullmatch(r"\d+", value):
            test.steps[-1].exit = int(value)
        elif key in ("stdout", "stderr") and colon and not value and test.steps:
            if getattr(test.steps[-1], key) is not None:
                raise FormatError(f"line {number}: a second '{key}:' for one command")
            block = []
            setattr(test.steps[-1], key, block)
        else:
            raise FormatError(f"line {number}: '{line}' is not understood here")
    if not test.steps:
        raise FormatError("no command (a line that begins with '$ ')")
    return test


def expand(text, variables):
    for name, value in variables.items():
        text = text.replace("$" + name, value)
    return text


def line_matches(pattern, line, variables):
    if len(pattern) >= 2 and pattern.startswith("/") and pattern.endswith("/"):
        escaped = {name: re.escape(value) for name, value in variables.items()}
        return re.fullmatch(expand(pattern[1:-1], escaped), line) is not None
    return expand(pattern, variables) == line


def matches(patterns, lines, variables):
    """Whether the patterns cover all lines; '...' covers any number of them."""
    reached = {0}  # numbers of lines that the patterns so far can have covered
    for pattern in patterns:
        if pattern == "...":
            reached = set(range(min(reached), len(lines) + 1)) if reached else set()
        else:
            reached = {i + 1 for i in reached if i < len(lines) and line_matches(pattern, lines[i], variables)}
    return len(lines) in reached


def environment(folder, variables):
    kept = ("PATH", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS")
    result = {name: os.environ[name] for name in kept if name in os.environ}
    home = os.path.join(folder, "home")
    os.mkdir(home)
    result.update(HOME=home, XDG_CACHE_HOME=os.path.join(home, ".cache"), TMPDIR=home, LC_ALL="C.UTF-8", TERM="dumb")
    result.update(variables)
    return result


def bash(command, folder, env):
    try:
        return subprocess.run(["bash", "-c", command], cwd=folder, env=env, stdin=subprocess.DEVNULL,
                              capture_output=True, encoding="utf-8", errors="replace", timeout=TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        return None


def faults_of(step, result, variables):
    if result is None:
        return [f"took longer than {TIMEOUT_SECONDS} s"]
    faults = []
    if result.returncode != step.exit:
        faults.append(f"exit status {result.returncode}, expected {step.exit}")
    for name in ("stdout", "stderr"):
        patterns, text = getattr(step, name), getattr(result, name)
        if patterns is not None and not matches(patterns, text.splitlines(), variables):
            faults.append(f"{name} is not as expected:\n" + "".join(f"      {line}\n" for line in patterns))
    return faults


def show(step, result, faults):
    print(f"line {step.line}: $ {step.command}")
    for fault in faults:
        print(f"    {fault}")
    if result is not None:
        for name in ("stdout", "stderr"):
            print(f"    {name} was:")
            print("".join(f"      {line}\n" for line in getattr(result, name).splitlines()), end="")


def run(test, variables):
    """True where every step went as written."""
    parent = tempfile.mkdtemp(prefix="pellucid-cli-")
    try:
        env = environment(parent, variables)
        folder = os.path.join(parent, "work")
        os.mkdir(folder)
        variables = dict(variables, PWD=folder)
        for command in test.setup:
            result = bash(command, folder, env)
            if result is None or result.returncode != 0:
                show(Step(0, command), result, ["the setup failed"])
                return False
        for step in test.steps:
            result = bash(step.command, folder, env)
            faults = faults_of(step, result, variables)
            if faults:
                show(step, result, faults)
                return False
        return True
    finally:
        shutil.rmtree(parent, ignore_errors=True)


def reads_texts(pellucid):
    """Whether this build has tokenizers."""
    versions = subprocess.run([pellucid, "--version"], capture_output=True, text=True, check=True).stdout
    return "without tokenizers" not in versions


def missing_need(test, fixtures, pellucid):
    """What the test needs and is not there: 'fixtures', 'fixtures/PATH' for one of them, or 'tokenizers'."""
    for need in test.needs:
        if need == "tokenizers":
            if not reads_texts(pellucid):
                return need
            continue
        if need != "fixtures" and not need.startswith("fixtures/"):
            raise FormatError(f"'needs: {need}' is not known")
        path = fixtures / need.partition("/")[2]
        if not path.exists():
            return path
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("--pellucid", type=pathlib.Path, required=True)
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("--fixtures", type=pathlib.Path, required=True)
    options = parser.parse_args()
    fixtures = pathlib.Path(os.environ.get("PELLUCID_FIXTURES") or options.fixtures).resolve()
    variables = {"PELLUCID": str(options.pellucid.resolve()), "SOURCE": str(options.source.resolve()),
                 "FIXTURES": str(fixtures)}
    try:
        test = parse(options.file.read_text(encoding="utf-8"))
        missing = missing_need(test, fixtures, variables["PELLUCID"])
    except FormatError as error:
        print(f"{options.file}: {error}")
        return 2
    if missing:
        print(f"skipped: {missing} is not here")
        return SKIPPED
    return 0 if run(test, variables) else 1


if __name__ == "__main__":
    sys.exit(main())
