"""Holds records against their contract, line by line, with an independent validator (python3-jsonschema).

usage: validate_records.py SCHEMA < RECORDS

Beyond the schema it checks what a schema cannot say: lines of at most 8,000 bytes that are UTF-8 and end in LF, no
null anywhere, the order of the keys, dates that exist, counters that balance, a first line of more than 1,024 bytes
where it is a service.start or another record that heads a file, and a sequence that grows. Prints the number of
records; stops at the first bad line with its number.
"""

import datetime
import json
import sys

import jsonschema

KEYS = ["@timestamp", "log.level", "message", "ecs.version", "event", "service", "host", "error", "unmask"]
EVENT_KEYS = ["kind", "action", "id", "sequence", "start", "end", "reason"]
LINE_LIMIT = 8000
FINGERPRINT = 1024
HEADS = {"service.start", "service.continued", "records.repaired"}

formats = jsonschema.FormatChecker(formats=())


@formats.checks("date-time", raises=ValueError)
def is_date_time(value: object) -> bool:
    if isinstance(value, str):
        datetime.datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ")
    return True


def without_duplicates(pairs: list) -> dict:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key appears twice")
    return found


def not_json(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


def holds_null(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(holds_null, value.values()))
    if isinstance(value, list):
        return any(map(holds_null, value))
    return value is None


def check_order(found: dict, wanted: list, where: str) -> None:
    if list(found) != [key for key in wanted if key in found]:
        raise ValueError(f"the keys of {where} stand in another order than {', '.join(wanted)}")


def check_balance(counters: dict, is_final: bool) -> None:
    if counters["decoded"] != counters["sampled"] + counters["skipped"]:
        raise ValueError("decoded is not sampled + skipped")
    if is_final and counters["sampled"] != counters["analysed"] + counters["evicted"] + counters["failed"]:
        raise ValueError("sampled is not analysed + evicted + failed")


def record(line: bytes, validator: jsonschema.Draft202012Validator) -> dict:
    if not line.endswith(b"\n"):
        raise ValueError("the line does not end in LF")
    if len(line) > LINE_LIMIT:
        raise ValueError(f"the line has {len(line)} bytes, more than {LINE_LIMIT}")
    found = json.loads(line.decode("utf-8"), object_pairs_hook=without_duplicates, parse_constant=not_json)
    if holds_null(found):
        raise ValueError("the record holds a null")
    error = jsonschema.exceptions.best_match(validator.iter_errors(found))
    if error:
        raise ValueError(f"{error.json_path}: {error.message}")
    check_order(found, KEYS, "the record")
    check_order(found["event"], EVENT_KEYS, "event")
    if "counters" in found["unmask"]:
        check_balance(found["unmask"]["counters"], is_final=found["event"]["action"] == "scan.file")
    return found


def main(path: str) -> None:
    with open(path, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema, format_checker=formats)
    number, last = 0, {}
    for number, line in enumerate(sys.stdin.buffer, start=1):
        try:
            found = record(line, validator)
            run, sequence = found["unmask"]["run_id"], found["event"]["sequence"]
            if sequence <= last.get(run, 0):
                raise ValueError(f"sequence {sequence} follows {last[run]}")
            last[run] = sequence
            if number == 1 and found["event"]["action"] in HEADS and len(line) <= FINGERPRINT:
                raise ValueError(f"the first line of a file has {len(line)} bytes, not more than {FINGERPRINT}")
        except ValueError as error:
            sys.exit(f"line {number}: {error}")
    if number == 0:
        sys.exit("there are no records")
    print(f"{number} records are valid")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
