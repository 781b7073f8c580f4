"""The addresses of the JSON API and of the probes."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt

from chat.api import health, messages, openapi, people, reference, rooms, words
from chat.api.accounts import invitations, sessions, tokens
from chat.api.resource import resource
from chat.api.responses import error_response
from chat.errors import NotFound

MESSAGE = "api/messages/<int:message_id>"


@csrf_exempt
async def missing(request: HttpRequest) -> HttpResponse:
    """Whatever else is asked for under /api."""
    return error_response(NotFound("There is nothing at this address."))


urlpatterns: list[URLPattern] = [
    path("healthz", resource(health.tell_alive)),
    path("readyz", resource(health.tell_ready)),
    path("metrics", resource(health.read_metrics)),
    path("api/me", resource(people.read_me, people.change_me)),
    path("api/users", resource(people.list_people)),
    path("api/guest", resource(people.become_guest)),
    path("api/rooms", resource(rooms.list_rooms, rooms.make_room)),
    path("api/rooms/<str:slug>", resource(rooms.read_room, rooms.change)),
    path("api/rooms/<str:slug>/join", resource(rooms.join)),
    path("api/rooms/<str:slug>/leave", resource(rooms.leave)),
    path("api/rooms/<str:slug>/archive", resource(rooms.archive)),
    path(
        "api/rooms/<str:slug>/members",
        resource(rooms.list_members, rooms.add_to_members, rooms.remove_from_members),
    ),
    path("api/rooms/<str:slug>/me", resource(rooms.change_membership)),
    path("api/rooms/<str:slug>/bans", resource(rooms.list_bans, rooms.ban, rooms.lift_ban)),
    path("api/rooms/<str:slug>/messages", resource(messages.list_messages, messages.post_message)),
    path("api/rooms/<str:slug>/changes", resource(messages.list_changes)),
    path("api/rooms/<str:slug>/pinned", resource(messages.list_pinned)),
    path("api/rooms/<str:slug>/read", resource(messages.mark_read)),
    path("api/rooms/<str:slug>/unread", resource(messages.mark_unread)),
    path("api/rooms/<str:slug>/slash", resource(words.obey_slash_command)),
    path("api/slash", resource(words.list_slash_commands)),
    path("api/messages", resource(messages.list_messages_by_id)),
    path(MESSAGE, resource(messages.read_message, messages.change_message, messages.remove_message)),
    path(f"{MESSAGE}/reactions/<str:emoji>", resource(messages.add_reaction, messages.remove_reaction)),
    path(f"{MESSAGE}/pin", resource(messages.pin, messages.unpin)),
    path(f"{MESSAGE}/revisions", resource(messages.list_revisions)),
    path("api/diagnostics/delay", resource(health.delay)),
    path("api/me/sessions", resource(sessions.list_sessions, sessions.end_other_sessions)),
    path("api/me/sessions/<int:session_id>", resource(sessions.end_session)),
    path("api/me/tokens", resource(tokens.list_tokens, tokens.make_token)),
    path("api/me/tokens/<int:token_id>", resource(tokens.end_token)),
    path("api/invitations", resource(invitations.list_invitations, invitations.make_invitation)),
    path("api/invitations/<int:invitation_id>", resource(invitations.end_invitation)),
    path("api/openapi.json", resource(openapi.read_document), name="openapi"),
    path("api/docs", resource(reference.read_page)),
    re_path(r"^api(?:/.*)?$", missing),
]
