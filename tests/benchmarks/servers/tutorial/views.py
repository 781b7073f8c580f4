"""The pages of the baseline, as anybody would write them: the latest messages as JSON, and in a template."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from tests.benchmarks.servers.tutorial.models import Message

PAGE = 50


def _latest(room: str) -> list[Message]:
    return list(reversed(Message.objects.filter(room=room).select_related("author").order_by("-id")[:PAGE]))


def history(request: HttpRequest, room_name: str) -> JsonResponse:
    """Who is signed in is looked up, as a page that checks anything does."""
    messages = [
        {
            "id": message.pk,
            "author": {"id": message.author.pk, "name": message.author.get_username()},
            "text": message.text,
            "at": message.at.isoformat(),
        }
        for message in _latest(room_name)
    ]
    return JsonResponse({"room": room_name, "me": request.user.pk, "messages": messages})


def room(request: HttpRequest, room_name: str) -> HttpResponse:
    return render(request, "room.html", {"room_name": room_name, "messages_here": _latest(room_name)})
