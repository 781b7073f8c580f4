"""The URLs of the installation: the chat, its JSON door, the admin."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/github/", include("chat.github.urls")),
    path("", include("chat.urls")),
]
