# SPDX-License-Identifier: Apache-2.0
"""Says what each check has found, and counts those that failed."""

failed = 0


def result(name, problems):
    global failed
    for problem in problems:
        print(f"# {problem}")
    print(f"{'not ok' if problems else 'ok'} {name}")
    failed += bool(problems)
