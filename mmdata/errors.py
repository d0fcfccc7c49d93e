"""The mistakes a user can make. Each names what was wrong, where, and what to do; the CLI exits with 2."""


class UserError(Exception):
    """A mistake only the user can mend: the message is one or two lines, shown without a traceback."""


class RecipeError(UserError):
    """A recipe that cannot be read. `problems` holds every mistake as `key: what is wrong`."""

    def __init__(self, path: str, problems: list[str]) -> None:
        self.path, self.problems = path, problems
        what = "1 mistake" if len(problems) == 1 else f"{len(problems)} mistakes"
        super().__init__(f"{path}: {what}\n" + "\n".join(f"  {p}" for p in problems))


class SourceError(UserError):
    """A source that cannot be read: a missing file or package, columns that are not there."""


class EngineError(UserError):
    """A teacher that cannot answer: a dead server, weights that cannot be found, a recording that ended."""


class StoreError(UserError):
    """A run's folder that cannot be used: locked by another build, disk full, damaged by hand."""
