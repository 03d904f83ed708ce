"""`python -m course.data [NAME ...]`: fetches everything, or what is named, and says where it lies.

What is optional and cannot be had is no failure, unless it was named.
"""

import sys

from course.data.carriers import DataError, cache_folder, carriers, fetch


def main(names: list[str]) -> int:
    table = carriers()
    unknown = [name for name in names if name not in table]
    if unknown:
        print(f"Nothing is called {', '.join(unknown)}; there are: {', '.join(table)}.", file=sys.stderr)
        return 2
    ready = []
    for name in names or table:
        try:
            fetch(table[name])
            ready.append(name)
        except DataError as error:
            print(error, file=sys.stderr)
            if names or not table[name].optional:
                return 1
    print(f"{', '.join(ready)}: ready in {cache_folder()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
