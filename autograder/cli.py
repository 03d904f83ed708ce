"""`autograder release | grade | worker | feedback | report | doctor`: the instructor's commands."""

import argparse
import dataclasses
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from autograder.paths import COURSE
from autograder.sandbox.limits import Limits

FLAGS = {"cell_seconds": "--cell-timeout"}
"""Limits whose flag is not their name."""

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; what the caller did wrong ends with a sentence and exit status 1."""
    options = _parser().parse_args(arguments)
    try:
        return options.command(options)
    except OSError as error:
        what = f"{error.strerror or error}{f' ({error.filename})' if error.filename else ''}"
        print(
            f"autograder: {what}. What is graded is kept; mend this and run the command again.",
            file=sys.stderr,
        )
    except (LookupError, RuntimeError) as error:
        print(f"autograder: {error.args[0] if error.args else error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("autograder: stopped. What is graded is kept; run the command again to go on.", file=sys.stderr)
    return 1


def release(options: argparse.Namespace) -> int:
    """Writes the student versions and the public cases."""
    from autograder.exercises import assignments
    from autograder.release import release as release_assignment

    for assignment in options.assignment or assignments():
        release_assignment(assignment, options.root.resolve())
        print(f"{assignment}: released")
    return 0


def grade(options: argparse.Namespace) -> int:
    """Grades a class and prints the table of results, or writes it as JSON."""
    from autograder.files import write_atomically
    from autograder.handin import students
    from autograder.progress import graded_with_progress
    from autograder.rows import document

    root = options.root.resolve()
    wanted = (
        list(dict.fromkeys(options.students.split(",")))
        if options.students
        else students(root, options.assignment)
    )
    seed, rows = graded_with_progress(root, options.assignment, wanted, options)
    if options.json:
        text = json.dumps(document(options.assignment, seed, rows), indent=1, ensure_ascii=False)
        write_atomically(Path(options.json), text.encode())
    return 0 if len(rows) == len(wanted) else 1


def worker(options: argparse.Namespace) -> int:
    """Grades for others: joins the cluster of a Dask scheduler, until that ends."""
    from autograder.worker import serve

    serve(options.scheduler, options.workers)
    return 0


def feedback(options: argparse.Namespace) -> int:
    """Writes the feedback pages anew, after an instructor's comments and changed scores."""
    from autograder.nbgrader import converter

    converter("GenerateFeedback", options.root.resolve(), options.assignment).start()
    print(f"{options.assignment}: feedback lies in {options.root / 'feedback'}")
    return 0


def report(options: argparse.Namespace) -> int:
    """Writes one page on what the class got right and what it misunderstood."""
    from autograder.report import write_report
    from autograder.store import recorded_rows

    root = options.root.resolve()
    print(f"report: {write_report(root, options.assignment, recorded_rows(root, options.assignment))}")
    return 0


def grades(options: argparse.Namespace) -> int:
    """Writes the marks as a CSV file that Canvas or Moodle imports."""
    from autograder.lms import SYSTEMS, marks, merged, table

    system, points = SYSTEMS[options.format], marks(options.root.resolve(), options.assignment)
    if options.roster:
        found = merged(system, options.assignment, points, options.roster, options.column)
    else:
        found = table(system, options.assignment, points, options.column)
    found.write(options.out)
    print(f"{len(points) - len(found.strangers)} marks: {options.out}")
    if found.strangers:
        print(f"autograder: not in the roster: {', '.join(found.strangers)}", file=sys.stderr)
    return 1 if found.strangers else 0


def bundle(options: argparse.Namespace) -> int:
    """Writes what students get: the released notebooks, `course` as a wheel, an environment, a README."""
    from autograder.bundle import bundle as write_bundle

    print(f"for students: {write_bundle(options.out.resolve())}")
    return 0


def site(options: argparse.Namespace) -> int:
    """Runs the source notebooks and writes them as web pages, without their solutions."""
    from autograder.exercises import assignments
    from autograder.site import write_site

    print(f"site: {write_site(options.assignment or list(assignments()), options.out.resolve())}")
    return 0


def doctor(options: argparse.Namespace) -> int:
    """Says what this machine can do."""
    from autograder.doctor import findings

    found = findings()
    for finding in found:
        print(f"{'ok  ' if finding.good else 'no  '} {finding.what}: {finding.says}")
    return 0 if all(finding.good or not finding.needed for finding in found) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="autograder", description=__doc__)
    commands = parser.add_subparsers(required=True)
    added = _add(commands, "release", release)
    added.add_argument("assignment", nargs="*", help="default: all")
    _add_root(added)
    _grade_options(_add(commands, "grade", grade))
    added = _add(commands, "worker", worker)
    added.add_argument("scheduler", metavar="ADDRESS", help="of the scheduler, e.g. tcp://10.0.0.1:8786")
    _add_workers(added)
    for name, command in (("feedback", feedback), ("report", report)):
        added = _add(commands, name, command)
        added.add_argument("assignment")
        _add_root(added)
    _grades_options(_add(commands, "grades", grades))
    added = _add(commands, "bundle", bundle)
    added.add_argument("--out", type=Path, default=COURSE / "dist", metavar="DIR", help="default: dist")
    added = _add(commands, "site", site)
    added.add_argument("assignment", nargs="*", help="default: all")
    added.add_argument("--out", type=Path, default=COURSE / "build" / "site", metavar="DIR")
    _add(commands, "doctor", doctor)
    return parser


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, command: Command
) -> argparse.ArgumentParser:
    added = commands.add_parser(name, help=command.__doc__, description=command.__doc__)
    added.set_defaults(command=command)
    return added


def _add_root(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--root", type=Path, default=COURSE, help="the folder of the class (default: the course's)"
    )


def _add_workers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--workers", type=int, help="sandboxes at work (default: one a GPU, without a GPU one a core)"
    )


def _grades_options(parser: argparse.ArgumentParser) -> None:
    _add_root(parser)
    parser.add_argument("assignment")
    parser.add_argument("--format", choices=["canvas", "moodle"], required=True)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    parser.add_argument("--roster", type=Path, metavar="FILE", help="the gradebook that the system exported")
    parser.add_argument(
        "--column", default="", metavar="NAME", help="of the marks (default: the assignment's)"
    )


def _grade_options(parser: argparse.ArgumentParser) -> None:
    _add_root(parser)
    parser.add_argument("assignment")
    parser.add_argument("--students", metavar="A,B", help="only these (default: everybody who handed in)")
    _add_workers(parser)
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="grade on the workers of this Dask scheduler instead"
    )
    parser.add_argument(
        "--seed", type=int, help="of the hidden cases (default: the class's recorded, secret one)"
    )
    parser.add_argument("--isolation", choices=["bwrap", "none"], default="bwrap", help="default: bwrap")
    parser.add_argument("--force", action="store_true", help="grade again what is graded already")
    parser.add_argument(
        "--show-numbers",
        action="store_true",
        help="feedback shows what hidden cases expected and got (it gives their numbers away)",
    )
    parser.add_argument("--json", metavar="FILE", help="write the results there")
    limits = parser.add_argument_group("limits of one notebook")
    for field in dataclasses.fields(Limits):
        flag = FLAGS.get(field.name, "--" + field.name.replace("_", "-"))
        limits.add_argument(
            flag, dest=field.name, type=type(field.default), default=field.default, metavar="N"
        )


if __name__ == "__main__":
    sys.exit(main())
