"""Documents against KCIDB's own schema, by the library that KCIDB itself uses.

Reads {"schema": path, "documents": [...]} from stdin; answers the first fault of each document, null where there is none."""
import json
import sys

import jsonschema

asked = json.load(sys.stdin)
with open(asked["schema"], encoding="utf-8") as file:
    validator = jsonschema.Draft7Validator(json.load(file), format_checker=jsonschema.FormatChecker())


def fault(document):
    error = next(validator.iter_errors(document), None)
    return None if error is None else f"{'/'.join(str(part) for part in error.absolute_path)}: {error.message[:300]}"


print(json.dumps([fault(document) for document in asked["documents"]]))
