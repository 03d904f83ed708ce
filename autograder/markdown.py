"""Students' Markdown as instructors' browsers may have it; apart from the rest, as nbconvert takes long to import."""

from functools import lru_cache

from nbconvert.filters import markdown2html
from nbconvert.preprocessors.sanitize import SanitizeHTML

HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
TEXT = [
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "del",
    "div",
    "em",
    "hr",
    "i",
    "img",
    "p",
    "pre",
    "span",
    "strong",
]
TABLES = ["li", "ol", "table", "tbody", "td", "th", "thead", "tr", "ul"]
ATTRIBUTES = {
    "a": ["href", "title", "class"],
    "img": ["src", "alt", "title"],
    "span": ["class"],
    "div": ["class"],
}


@lru_cache(1000)  # most of the Markdown of a class is the released one
def harmless_markdown(source: str) -> str:
    """A Markdown cell as HTML without anything that a browser would run; nbconvert takes it for its `markdown2html`."""
    return SanitizeHTML(tags=HEADINGS + TEXT + TABLES, attributes=ATTRIBUTES).sanitize_html_tags(
        markdown2html(source)
    )
