"""The addresses of the GitHub app, whichever door they belong to: this file goes with it."""

from django.urls import include, path

from chat.github import page, views
from chat.github.hooks.door import take_delivery

urlpatterns = [
    path("accounts/", include("chat.github.signin.urls")),
    path(page.ADDRESS, page.users),
    path("api/github/users", views.users),
    path("api/github/users/sync", views.users_sync),  # before <login>, which would take the word for a name
    path("api/github/users/<str:login>", views.user),
    path("api/github/users/<str:login>/overview", views.overview),
    path("api/github/repos/<str:owner>/<str:name>", views.repository),
    path("api/github/stream", views.stream),
    path("api/github/quota", views.quota),
    path("hooks/github", take_delivery),
]
