"""The URLs of the chat."""

from django.urls import URLPattern, URLResolver, include, path

from chat import views
from chat.accounts.gate import behind_the_gate_async

urlpatterns: list[URLPattern | URLResolver] = [
    path("", behind_the_gate_async(views.index), name="index"),
    path("chat/<str:room_name>/", views.room, name="room"),
    path("", include("chat.api.urls")),
]
