"""Damage to the database itself, rows that name what does not exist, and mentions kept in two forms."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from django.apps import apps
from django.db import connections
from django.db.models import Exists, ForeignKey, Model, OuterRef

from chat.models import Mention, Message

CHUNK = 2_000


def damage(using: str) -> Iterator[str]:
    """What the database says about itself."""
    with connections[using].cursor() as cursor:
        if connections[using].vendor == "sqlite":
            cursor.execute("PRAGMA integrity_check")
            yield from (row[0] for row in cursor.fetchall() if row[0] != "ok")
            return
        cursor.execute("SELECT conrelid::regclass, conname FROM pg_constraint WHERE NOT convalidated")
        yield from (
            f"the constraint {name} of {table} was never checked" for table, name in cursor.fetchall()
        )
        cursor.execute("SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid")
        yield from (f"the index {name} is not valid" for [name] in cursor.fetchall())


def orphans(using: str) -> Iterator[str]:
    """Rows of any table that name a row which is gone."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(field, ForeignKey) and model._meta.managed:
                yield from _orphans_by(using, model, field)


def _orphans_by(using: str, model: type[Model], field: "ForeignKey[Model, Model]") -> Iterator[str]:
    target = field.related_model
    assert not isinstance(target, str)  # Resolved once the apps are loaded.
    named = target._base_manager.filter(**{field.target_field.name: OuterRef(field.attname)})
    rows = model._base_manager.using(using).filter(~Exists(named), **{f"{field.name}__isnull": False})
    for pk, missing in rows.values_list("pk", field.attname).iterator(CHUNK):
        yield f"{model._meta.verbose_name} {pk} names the {field.name} {missing}, which does not exist"


def miscounted_mentions(using: str) -> Iterator[str]:
    """Messages whose list of mentioned people is not what stands in the rows for counting."""
    counted = Mention.objects.using(using).order_by("message_id", "user_id")
    written = Message.objects.using(using).exclude(mentions=[]).order_by("pk")
    rows = groupby(
        counted.values_list("message_id", "user_id", "room_id").iterator(CHUNK), lambda row: row[0]
    )
    by_message = ((message_id, sorted(user_id for _, user_id, _ in group)) for message_id, group in rows)
    lists = written.values_list("pk", "mentions").iterator(CHUNK)
    in_text = ((message_id, sorted(set(mentions))) for message_id, mentions in lists)
    yield from (
        f"message {message_id} mentions {texts or 'nobody'}, and {users or 'nobody'} is counted"
        for message_id, texts, users in _side_by_side(in_text, by_message)
        if texts != users
    )


Pairs = Iterable[tuple[int, list[int]]]


def _side_by_side(left: Pairs, right: Pairs) -> Iterator[tuple[int, list[int], list[int]]]:
    """Two streams ascending by id as one, with an empty list where only one has it."""
    lefts, rights = iter(left), iter(right)
    one, other = next(lefts, None), next(rights, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one[0] < other[0]):
            assert one is not None
            yield one[0], one[1], []
            one = next(lefts, None)
        elif one is None or other[0] < one[0]:
            yield other[0], [], other[1]
            other = next(rights, None)
        else:
            yield one[0], one[1], other[1]
            one, other = next(lefts, None), next(rights, None)
