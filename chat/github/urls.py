"""The URLs under /api/github/."""

from django.urls import path

from chat.github import views

urlpatterns = [
    path("users", views.users),
    path("users/sync", views.users_sync),  # before <login>, which would take the word for a name
    path("users/<str:login>", views.user),
    path("stream", views.stream),
]
