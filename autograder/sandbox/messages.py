"""Kernel messages from a process that may forge every byte of them, read without trusting any."""

import json
from dataclasses import dataclass
from typing import Any

DELIMITER = b"<IDS|MSG>"
# One message may hold this many JSON values and pairs: each takes some 70 bytes once parsed.
JSON_VALUES = 2_000_000


@dataclass(frozen=True)
class Message:
    """What matters of a kernel message: its type, the id of the request it answers, its content."""

    kind: str
    parent: str
    content: dict[str, Any]


def parse(frames: list[bytes]) -> Message | None:
    """The message in these frames, or None if it is not one. Never raises; signatures prove nothing here."""
    if DELIMITER not in frames:
        return None
    parts = frames[frames.index(DELIMITER) + 2 :][:4]
    if len(parts) < 4:
        return None
    header, parent, _, content = parts
    return message(loads(header), loads(parent), loads(content))


def message(header: Any, parent: Any, content: Any) -> Message | None:
    """A message of three parsed parts, or None if one has not the type it must have."""
    if not (isinstance(header, dict) and isinstance(parent, dict) and isinstance(content, dict)):
        return None
    kind, request = header.get("msg_type"), parent.get("msg_id")
    if not (isinstance(kind, str) and isinstance(request, str)):
        return None
    return Message(kind, request, content)


def loads(data: bytes) -> Any:
    """JSON, or None for whatever is none, is nested too deeply or holds too many values."""
    if data.count(b",") + data.count(b"[") + data.count(b"{") > JSON_VALUES:
        return None
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def text(content: dict[str, Any], name: str) -> str:
    """A text field of a content; empty if it is missing or no text. Lone surrogates become question marks."""
    value = content.get(name)
    return clean(value) if isinstance(value, str) else ""


def clean(value: str) -> str:
    """The text as it can be written to a file in UTF-8."""
    return value.encode("utf-8", "replace").decode("utf-8")
