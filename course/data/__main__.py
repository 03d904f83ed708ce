"""`python -m course.data [NAME ...]`: fetches everything, or what is named, and says where it lies."""

import sys

from course.data.carriers import DataError, cache_folder, carriers, fetch


def main(names: list[str]) -> int:
    table = carriers()
    unknown = [name for name in names if name not in table]
    if unknown:
        print(f"Nothing is called {', '.join(unknown)}; there are: {', '.join(table)}.", file=sys.stderr)
        return 2
    try:
        for name in names or table:
            fetch(table[name])
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{', '.join(names or table)}: ready in {cache_folder()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
