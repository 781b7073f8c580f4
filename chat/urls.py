"""The URLs of the chat."""

from django.urls import URLPattern, URLResolver, path

from chat import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.index, name="index"),
    path("chat/<str:room_name>/", views.room, name="room"),
]
