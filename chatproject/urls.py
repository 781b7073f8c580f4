"""The URLs of the installation: the chat, its JSON door, the admin."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from chat.accounts.views import admin_login

urlpatterns = [
    # The admin has no sign-in and no passwords of its own: one door, one set of rate limits.
    path("admin/login/", admin_login),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/", admin.site.urls),
    path("", include("chat.github.urls")),
    path("accounts/", include("chat.accounts.urls")),
    path("", include("chat.urls")),
]
