"""Instructors only: releases assignments, grades classes."""

import sys
from types import ModuleType
from typing import cast

# jsonschema, which nbformat needs, builds a parser for internationalised web addresses when it is imported, which takes
# more than a second; it does without where the package is missing, and no notebook's schema asks for such addresses.
sys.modules.setdefault("rfc3987_syntax", cast(ModuleType, None))
