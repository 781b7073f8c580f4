"""The addresses of the baseline."""

from django.urls import path

from tests.benchmarks.servers.tutorial import views

urlpatterns = [
    path("api/<str:room_name>/", views.history),
    path("chat/<str:room_name>/", views.room, name="room"),
]
