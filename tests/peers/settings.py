"""Reads the settings files that we ship for other people's programs, prints what they say: {"telegraf": {...}, "loki": {...}, "promtail": {...}}."""
import json
import pathlib
import sys
import tomllib

import yaml

infra = pathlib.Path(json.load(sys.stdin)["infra"])
json.dump({
    "telegraf": tomllib.loads((infra / "telegraf.conf").read_text("utf-8")),
    "loki": yaml.safe_load((infra / "loki" / "loki.yaml").read_text("utf-8")),
    "promtail": yaml.safe_load((infra / "loki" / "promtail.yaml").read_text("utf-8")),
}, sys.stdout, default=str)
