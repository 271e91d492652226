"""The validator accepts a good record and refuses each way of being bad, so that its silence means something."""

import json
import pathlib
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
SCHEMA = HERE.parent.parent / "Config" / "unmask-record.schema.json"


def alert() -> dict:
    """A verdict of the daemon on one person."""
    return {
        "@timestamp": "2026-01-02T03:04:05.678901Z",
        "log.level": "warn",
        "message": "lobby: manipulated face, 21 of 27 ballots",
        "ecs.version": "8.11.0",
        "event": {
            "kind": "alert", "action": "verdict.start", "id": "01KDXAVYPPABCDEFGHJKMNPQRS", "sequence": 812,
            "start": "2026-01-02T03:03:55.678901Z", "end": "2026-01-02T03:04:05.678901Z", "reason": "majority",
        },
        "service": {"name": "unmask", "version": "0.1.0"},
        "unmask": {
            "schema": "1.0", "run_id": "01KDXAVYPP0000000000000000",
            "stream": {"name": "lobby", "kind": "rtsp", "url": "rtsp://***@10.0.0.5/s1"},
            "verdict": {
                "label": "fake", "score": 0.81, "threshold": 0.5, "ballots": {"fake": 21, "real": 6, "abstained": 3},
                "coverage": 0.9,
            },
            "face": {"track": 3, "box": [412, 88, 96, 120], "frame": [1280, 720], "mask_area": 0.22},
            "media": {"start": 12.4, "end": 22.4},
            "model": {"name": "unet_v1", "sha256": "0" * 64},
        },
    }


def unreadable() -> dict:
    """A file that could not be read: an error, no verdict."""
    record = alert()
    record.update({"log.level": "error"})
    record["event"] = {"kind": "event", "action": "scan.file", "id": "01KDXAVYPPABCDEFGHJKMNPQRS", "sequence": 813}
    del record["unmask"]
    record["error"] = {"code": "not_found", "message": "lobby.mp4: there is no such file"}
    record["unmask"] = {"schema": "1.0", "run_id": "01KDXAVYPP0000000000000000", "file": {"path": "lobby.mp4"}}
    return record


def line(record: dict) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


class Validator(unittest.TestCase):
    def verdict(self, lines: bytes) -> str:
        """The empty text if all lines are valid, or else the complaint."""
        done = subprocess.run(
            [sys.executable, HERE / "validate_records.py", SCHEMA], input=lines, capture_output=True, check=False)
        self.assertEqual(done.returncode == 0, done.stderr == b"", done)
        return done.stderr.decode()

    def refused(self, pattern: str, *path: str, value: object = None, base=alert) -> None:
        """Holds that setting (or with None, removing) what lies at the path makes the record bad."""
        record = base()
        place = record
        for key in path[:-1]:
            place = place[key]
        if value is None:
            del place[path[-1]]
        else:
            place[path[-1]] = value
        self.assertRegex(self.verdict(line(record)), pattern)

    def test_good_records_pass(self):
        self.assertEqual(self.verdict(line(alert()) + line(unreadable())), "")

    def test_absent_parts_are_noticed(self):
        self.refused("reason", "event", "reason")
        self.refused("start", "event", "start")
        self.refused("score", "unmask", "verdict", "score")
        self.refused("ballots", "unmask", "verdict", "ballots")
        self.refused("model", "unmask", "model")
        self.refused("line 1", "error", base=unreadable)

    def test_unknown_parts_are_noticed(self):
        self.refused("surprise", "surprise", value=1)
        self.refused("surprise", "unmask", "face", "surprise", value=1)
        self.refused("line 1", "unmask", "file", value={"path": "x"})

    def test_wrong_values_are_noticed(self):
        self.refused("@timestamp", "@timestamp", value="2026-02-30T03:04:05.678901Z")
        self.refused("@timestamp", "@timestamp", value="2026-01-02T03:04:05Z")
        self.refused("label", "unmask", "verdict", "label", value="real")
        self.refused("score", "unmask", "verdict", "score", value=1.5)
        self.refused("box", "unmask", "face", "box", value=[1, 2, 3])
        self.refused("url", "unmask", "stream", "url", value="rtsp://user:secret@10.0.0.5/s1")

    def test_lines_are_checked_beyond_the_schema(self):
        self.assertRegex(self.verdict(line(alert())[:-1]), "LF")
        self.assertRegex(self.verdict(line(alert() | {"message": "x" * 8000})), "8000")
        self.assertRegex(self.verdict(line(alert()).replace(b'"track":3', b'"track":null')), "null")
        self.assertRegex(self.verdict(line(alert()).replace(b'"track":3', b'"track":3,"track":3')), "twice")
        self.assertRegex(self.verdict(line(alert()).replace(b'"score":0.81', b'"score":NaN')), "NaN")
        self.assertRegex(self.verdict(line(dict(reversed(alert().items())))), "order")
        self.assertRegex(self.verdict(line(alert()) + line(alert())), "line 2: sequence")
        self.assertRegex(self.verdict(b""), "no records")


if __name__ == "__main__":
    unittest.main()
