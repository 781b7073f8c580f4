"""manage.py verify: whether everything stored is as it must be."""

import sys
from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from chat.backups import manifest
from chat.backups.manifest import Manifest
from chat.errors import ChatError
from chat.models import Change, Message, Room
from chat.verification import Outcome, at_one_moment, check_all, summed


class Command(BaseCommand):
    help = "Checks every number, message and relation as of one moment, while servers run; exit code 1 on a finding."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--manifest", type=Path, help="also hold the database against a backup's manifest.json"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")

    def handle(self, *, manifest: Path | None, json: bool, **options: Any) -> None:
        try:
            broken = self._verify(_read(manifest), as_json=json)
        except ChatError as error:
            raise CommandError(error.detail) from error
        except DatabaseError as error:
            said = str(error).partition("\n")[0]
            raise CommandError(f"The database refused ({said}). Has it been migrated?") from error
        if broken:
            sys.exit(1)

    def _verify(self, saved: Manifest | None, *, as_json: bool) -> int:
        outcomes: list[Outcome] = []
        with at_one_moment() as moment:
            tables = {"rooms": Room, "messages": Message, "changes": Change}
            counted = {name: model._base_manager.using(moment).count() for name, model in tables.items()}
            for outcome in check_all(moment):
                outcomes.append(outcome)
                if not as_json:
                    self._tell(outcome)
            if saved is not None:
                outcomes.append(
                    summed("it is what the manifest describes", manifest.differences(saved, moment))
                )
                if not as_json:
                    self._tell(outcomes[-1])
        broken = sum(outcome.broken for outcome in outcomes)
        if as_json:
            report = {"ok": not broken, **counted, "findings": broken, "checks": outcomes}
            self.stdout.write(msgspec.json.encode(report).decode())
        else:
            self._sum_up(counted, broken)
        return broken

    def _tell(self, outcome: Outcome) -> None:
        self.stdout.write(f"{'NOT' if outcome.broken else 'ok '} {outcome.promise}")
        for example in outcome.examples:
            self.stdout.write(f"      {example}")
        if outcome.broken > len(outcome.examples):
            self.stdout.write(f"      and {outcome.broken - len(outcome.examples):,} more")
        self.stdout.flush()

    def _sum_up(self, counted: dict[str, int], broken: int) -> None:
        what = ", ".join(f"{count:,} {name}" for name, count in counted.items())
        self.stdout.write(f"{what}: {f'{broken:,} findings' if broken else 'everything is as it must be'}.")


def _read(file: Path | None) -> Manifest | None:
    if file is None:
        return None
    return manifest.read(file / manifest.NAME if file.is_dir() else file)
