"""Holds a JSON document against a JSON Schema with an independent validator (python3-jsonschema).

usage: validate_json.py SCHEMA < DOCUMENT

Prints every error with its path and ends with 1 when there is one.
"""

import json
import sys

import jsonschema


def main(path: str) -> int:
    with open(path, encoding="utf-8") as file:
        schema = json.load(file)
    validator_class = jsonschema.validators.validator_for(schema)
    validator_class.check_schema(schema)
    errors = list(validator_class(schema).iter_errors(json.load(sys.stdin)))
    for error in errors:
        print(f"{error.json_path}: {error.message}")
    return 1 if errors else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
