"""manage.py, whose `serve` waits as briefly for its clients as tests/serving/plain.py does when it is impatient."""

import functools
import os
import sys

from django.core.management import execute_from_command_line

from tests.serving.plain import IMPATIENT

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatproject.settings")
    import django

    django.setup()
    from chat.management.commands import serve
    from chat.serving.server import ChatServer

    setattr(serve, "ChatServer", functools.partial(ChatServer, deadlines=IMPATIENT))  # noqa: B010
    execute_from_command_line(sys.argv)
