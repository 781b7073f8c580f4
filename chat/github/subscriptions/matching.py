"""Which happenings a subscription lets in: by topic, label, branch, and whether the room may read of them."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from chat.github.hooks.happening import Happening
from chat.github.models import Subscription

# What has labels: a push and a release have none, and no filter of labels keeps them out.
LABELLED = ("pulls", "issues", "reviews")
# What concerns a branch. An issue and a release concern none.
BRANCHED = ("pulls", "reviews", "pushes")


def lets_in(subscription: Subscription, happening: Happening, *, gathered: bool) -> bool:
    """Whether the room of this subscription is told. `gathered`: it was told of the same subject before.

    A comment on a pull request does not say which branch that is for: by branches it is let in behind what did.
    """
    if happening.topic not in subscription.topics:
        return False
    if happening.private and not subscription.private:
        # It was public when somebody subscribed; nobody agreed that this room reads what is private now.
        return False
    return _labels_let_in(subscription, happening) and _branches_let_in(subscription, happening, gathered)


def _labels_let_in(subscription: Subscription, happening: Happening) -> bool:
    if not subscription.labels or happening.topic not in LABELLED:
        return True
    return _any(subscription.labels, (label.casefold() for label in happening.labels))


def _branches_let_in(subscription: Subscription, happening: Happening, gathered: bool) -> bool:
    if not subscription.branches or happening.topic not in BRANCHED:
        return True
    if not happening.branch:
        return gathered and happening.topic != "pushes"
    return _any(subscription.branches, [happening.branch])


def _any(patterns: Sequence[str], names: Iterable[str]) -> bool:
    """A `*` in a pattern stands for anything; nothing else in it is special."""
    plain = [pattern.replace("[", "[[]").replace("?", "[?]") for pattern in patterns]
    return any(fnmatchcase(name, pattern) for name in names for pattern in plain)
