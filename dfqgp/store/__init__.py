"""The lake on disk: atomic writes, locks, and panels by key with their manifests."""

from dfqgp.store.atomic import new_directory, read_bytes, write_bytes
from dfqgp.store.builds import builds_of, record_build
from dfqgp.store.json_records import from_json, to_json
from dfqgp.store.keys import key_of
from dfqgp.store.locks import locked
from dfqgp.store.panels import Built, load_note, load_or_build, load_panel, save_panel

__all__ = [
    "Built",
    "builds_of",
    "from_json",
    "key_of",
    "load_note",
    "load_or_build",
    "load_panel",
    "locked",
    "new_directory",
    "read_bytes",
    "record_build",
    "save_panel",
    "to_json",
    "write_bytes",
]
