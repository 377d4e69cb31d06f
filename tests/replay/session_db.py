"""Create session databases of V1: the upstream's tables, with the messages and parts of a test."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Json = dict[str, Any]

TABLES = """
CREATE TABLE session (id text PRIMARY KEY, project_id text NOT NULL, parent_id text, slug text NOT NULL,
  directory text NOT NULL, title text NOT NULL, version text NOT NULL, time_created integer NOT NULL,
  time_updated integer NOT NULL);
CREATE TABLE message (id text PRIMARY KEY, session_id text NOT NULL, time_created integer NOT NULL,
  time_updated integer NOT NULL, data text NOT NULL);
CREATE TABLE part (id text PRIMARY KEY, message_id text NOT NULL, session_id text NOT NULL,
  time_created integer NOT NULL, time_updated integer NOT NULL, data text NOT NULL);
CREATE INDEX message_by_session ON message (session_id, time_created, id);
CREATE INDEX part_by_message ON part (message_id, id);
CREATE INDEX part_by_session ON part (session_id);
"""

TEXT: Json = {"type": "text", "text": "what was written"}
STEP_START: Json = {"type": "step-start", "snapshot": "a" * 40}
STEP_FINISH: Json = {
    "type": "step-finish",
    "reason": "stop",
    "snapshot": "a" * 40,
    "cost": 0.001,
    "tokens": {"input": 12, "output": 4, "reasoning": 0, "cache": {"read": 0, "write": 0}},
}
SUBTASK: Json = {"type": "subtask", "agent": "general", "description": "look", "prompt": "find it"}
NOTICE: Json = {"type": "notice", "kind": "info", "text": "the model was switched"}
SKILL: Json = {"type": "skill", "name": "deploy"}
MODEL: Json = {"providerID": "fake", "modelID": "fake-1"}


def tool(status: str, call: str = "call_1", **more: Any) -> Json:
    """Return a tool part in a state. Give a different call id for each part of a session."""
    state: Json = {"status": status, "input": {"path": "a.txt"}, "time": {"start": 1_000, "end": 2_000}, **more}
    if status == "completed":
        state |= {"output": "done", "title": "", "metadata": {}}
    if status in ("running", "pending"):
        del state["time"]["end"]
    return {"type": "tool", "tool": "read", "callID": call, "state": state}


def user(**more: Any) -> Json:
    """Return a user message."""
    return {"role": "user", "time": {"created": 1_000}, "agent": "build", "model": MODEL, **more}


def assistant(parent: str = "msg_1", **more: Any) -> Json:
    """Return a completed assistant message."""
    return {
        "role": "assistant",
        "time": {"created": 1_000, "completed": 2_000},
        "parentID": parent,
        "modelID": "fake-1",
        "providerID": "fake",
        "mode": "build",
        "agent": "build",
        "path": {"cwd": "/w", "root": "/w"},
        "cost": 0.001,
        "tokens": {"input": 12, "output": 4, "reasoning": 0, "cache": {"read": 0, "write": 0}},
        "finish": "stop",
        **more,
    }


def without(data: Json, *names: str) -> Json:
    """Return the data without some fields."""
    return {name: value for name, value in data.items() if name not in names}


class SessionDb:
    """A database for a test. Ids are numbered: `ses_1`, `msg_1`, `prt_1`."""

    def __init__(self, path: Path, tables: str = TABLES) -> None:
        self.path = path
        self.connection = sqlite3.connect(path, isolation_level=None)
        # Each row is a transaction: do not wait for the disk.
        self.connection.executescript(f"PRAGMA synchronous = off; {tables}")
        self._counts = {"ses": 0, "msg": 0, "prt": 0}

    def _next(self, prefix: str) -> str:
        self._counts[prefix] += 1
        return f"{prefix}_{self._counts[prefix]}"

    def session(self, **columns: Any) -> str:
        """Add a session and return its id."""
        row: Mapping[str, Any] = {
            "id": self._next("ses"),
            "project_id": "p",
            "slug": "s",
            "directory": "/w",
            "title": "t",
            "version": "1.18.34",
            "time_created": 1_000,
            "time_updated": 2_000,
            **columns,
        }
        self._insert("session", row)
        return str(row["id"])

    def message(self, session: str, data: Json | str, parts: Sequence[Json | str] = (), **columns: Any) -> str:
        """Add a message with its parts and return its id. A text is stored unchanged, even if it is not JSON."""
        message_id = columns.pop("id", "") or self._next("msg")
        self._insert(
            "message",
            {
                "id": message_id,
                "session_id": session,
                "time_created": 1_000,
                "time_updated": 2_000,
                "data": _text(data),
            },
        )
        for part in parts:
            self.part(session, message_id, part)
        return str(message_id)

    def part(self, session: str, message: str, data: Json | str, **columns: Any) -> str:
        """Add a part and return its id."""
        part_id = columns.pop("id", "") or self._next("prt")
        self._insert(
            "part",
            {
                "id": part_id,
                "message_id": message,
                "session_id": session,
                "time_created": 1_000,
                "time_updated": 2_000,
                "data": _text(data),
            },
        )
        return str(part_id)

    def turn(self, *parts: Json | str, session: str = "") -> str:
        """Add a prompt, and an assistant message with these parts between the start and the end of a step."""
        session = session or self.session()
        prompt = self.message(session, user(), [TEXT])
        self.message(session, assistant(prompt), [STEP_START, *parts, STEP_FINISH])
        return session

    def add_import(self, phase: str, *sessions: str | None) -> None:
        """Add the tables of the importer of 2.x, with the phase of its import and the imported sessions."""
        self.connection.executescript("CREATE TABLE session_v2 (id text); CREATE TABLE kv (key text, value text)")
        self.connection.executemany("INSERT INTO session_v2 VALUES (?)", ((session,) for session in sessions))
        self.connection.execute("INSERT INTO kv VALUES ('migration.v1-v2', json_object('phase', ?))", (phase,))

    def _insert(self, table: str, row: Mapping[str, Any]) -> None:
        names = ", ".join(row)
        marks = ", ".join("?" * len(row))
        self.connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))  # noqa: S608


def _text(data: Json | str) -> str:
    return data if isinstance(data, str) else json.dumps(data)
