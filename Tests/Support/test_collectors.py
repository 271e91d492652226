"""The configurations for log collectors are well-formed, and every field of a record that they name exists."""

import json
import pathlib
import re
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
COLLECTORS = ROOT / "Config" / "collectors"
SCHEMA = json.loads((ROOT / "Config" / "unmask-record.schema.json").read_text(encoding="utf-8"))


def resolved(schema: dict) -> dict:
    while "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    return schema


def exists(path: list) -> bool:
    """Whether a record can hold something at such a path."""
    schema = SCHEMA
    for key in path:
        schema = resolved(schema).get("properties", {}).get(key)
        if schema is None:
            return False
    return True


def mentions(text: str) -> set:
    """Paths of fields, however the collector spells them: a.b, a!b, a["b"]."""
    text = re.sub(r"#.*|//(?= ).*", "", text)
    # attributes.a.b in the OpenTelemetry Collector, .a.b in Vector.
    text = re.sub(r"\battributes\.|(?<=[\s({!])\.", " ", text)
    text = re.sub(r"""\["(\w+)"\]""", r".\1", text)
    return {
        match[1] + match[2].replace("!", ".")
        for match in re.finditer(r"(?<![\w/.-])(event|service|unmask|error)((?:[.!][a-z_]+)+)", text)
    }


# What the collectors add, and names of files.
ADDED = {"event.severity", "event.name", "service.instance.id"}
FILES = re.compile(r"\.(yaml|yml|db)$")


class Collectors(unittest.TestCase):
    def test_yaml(self) -> None:
        """YAML parses, and no key stands twice in a mapping."""

        class Strict(yaml.SafeLoader):
            pass

        def mapping(loader: Strict, node: yaml.MappingNode) -> dict:
            pairs = [(loader.construct_object(key), loader.construct_object(value, deep=True)) for key, value in node.value]
            self.assertEqual(len(dict(pairs)), len(pairs), node.start_mark)
            return dict(pairs)

        Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)
        files = sorted([*COLLECTORS.glob("*.yaml"), *COLLECTORS.glob("*.yml")])
        self.assertEqual(len(files), 5)
        for file in files:
            with self.subTest(file.name):
                self.assertIsInstance(yaml.load(file.read_text(encoding="utf-8"), Loader=Strict), dict)

    def test_brackets(self) -> None:
        """Brackets and quotes balance where there is no parser to ask."""
        pairs = {")": "(", "]": "[", "}": "{"}
        for name in ["alloy.alloy", "rsyslog.conf"]:
            text = re.sub(r"(?m)^\s*(#|//).*$", "", (COLLECTORS / name).read_text(encoding="utf-8"))
            text, quoted = re.subn(r'"(?:\\.|[^"\\])*"', "", text)
            self.assertGreater(quoted, 10, name)
            self.assertNotIn('"', text, name)
            open_ones = []
            for character in text:
                if character in pairs.values():
                    open_ones.append(character)
                elif character in pairs:
                    self.assertEqual(open_ones.pop(), pairs[character], name)
            self.assertEqual(open_ones, [], name)

    def test_pipelines(self) -> None:
        """Inside a pipeline each part names one that is there."""
        vector = yaml.safe_load((COLLECTORS / "vector.yaml").read_text(encoding="utf-8"))
        parts = {**vector["sources"], **vector["transforms"]}
        for part in [*vector["transforms"].values(), *vector["sinks"].values()]:
            for name in part["inputs"]:
                self.assertIn(name.removesuffix(".dropped"), parts)
        otel = yaml.safe_load((COLLECTORS / "otel-collector.yaml").read_text(encoding="utf-8"))
        for pipeline in otel["service"]["pipelines"].values():
            for kind, names in pipeline.items():
                for name in names:
                    self.assertIn(name, otel[kind])
        self.assertIn(otel["receivers"]["filelog/unmask"]["storage"], otel["extensions"])

    def test_fields(self) -> None:
        """No configuration names a field that no record has."""
        for file in sorted(COLLECTORS.iterdir()):
            if file.name == "README.md":
                continue
            with self.subTest(file.name):
                text = file.read_text(encoding="utf-8")
                found = {path for path in mentions(text) if not FILES.search(path)} - ADDED
                for path in found:
                    self.assertTrue(exists(path.split(".")), f"{path} is no field of a record")
                # Filebeat takes them as they are.
                self.assertGreater(len(found), 0 if file.name == "filebeat.yml" else 1, found)
                self.assertIn("log.level", text)

    def test_head(self) -> None:
        """Nobody's fingerprint is longer than the first line of a file."""
        filebeat = yaml.safe_load((COLLECTORS / "filebeat.yml").read_text(encoding="utf-8"))
        self.assertLessEqual(filebeat["filebeat.inputs"][0]["prospector.scanner.fingerprint"]["length"], 1024)

    def test_labels(self) -> None:
        """Loki's labels are few, and none of them is without bound."""
        bounded = {"level", "kind", "action"}
        promtail = yaml.safe_load((COLLECTORS / "promtail.yaml").read_text(encoding="utf-8"))
        stages = promtail["scrape_configs"][0]["pipeline_stages"]
        self.assertEqual(set(next(stage["labels"] for stage in stages if "labels" in stage)), bounded)
        alloy = (COLLECTORS / "alloy.alloy").read_text(encoding="utf-8")
        labels = re.search(r"stage\.labels \{\s*values = \{([^}]*)\}", alloy)
        self.assertEqual(set(re.findall(r"(\w+) =", labels[1])), bounded)


if __name__ == "__main__":
    unittest.main()
