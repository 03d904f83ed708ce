"""The one error of the trusted side."""


class SandboxError(RuntimeError):
    """This machine cannot do it; the message is one sentence that says what to do."""
