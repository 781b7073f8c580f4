"""The addresses of signing in with GitHub, under the names by which allauth finds them."""

from django.urls import path

from chat.github.signin import views

urlpatterns = [
    path("github/login/", views.start, name="github_login"),
    path("github/login/callback/", views.callback, name="github_callback"),
    path("github/sign-up/", views.signup, name="socialaccount_signup"),
    path("linked/", views.LinkedAccountView.as_view(), name="socialaccount_connections"),
]
