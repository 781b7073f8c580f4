"""The URLs under /accounts/: what is listed here is all of allauth that can be reached, under allauth's names."""

from typing import Any

from allauth.account import views as allauth
from django.urls import URLPattern, path, re_path
from django.views.generic import TemplateView

from chat.accounts import views
from chat.accounts.first import FirstAdministratorView
from chat.accounts.gate import behind_the_gate
from chat.accounts.invitations import InvitationView
from chat.accounts.own_sessions import OwnSessionsView

CHANGE = {
    "title": "Change your password",
    "lead": "Wherever else you are signed in, you will be signed out.",
    "submit": "Change password",
}
SET = {"title": "Set a password", "lead": "Your account has none yet.", "submit": "Set password"}
RESET = {
    "title": "Forgot your password?",
    "lead": "Tell us the e-mail address of your account, and we send you a link.",
    "submit": "Send the link",
}
NEW = {"title": "Choose a new password", "lead": "", "submit": "Save password"}
TO_LOGIN = {"way": "/accounts/login/", "way_label": "Sign in"}
RESET_SENT = {
    "title": "Look into your mail",
    "text": "If an account has this address, a link to a new password is on its way to it.",
    **TO_LOGIN,
}
RESET_DONE = {"title": "Your password is changed", "text": "You can sign in with it now.", **TO_LOGIN}
CHANGED = {
    "title": "Your password is changed",
    "text": "Wherever else you were signed in, you are signed out.",
    "way": "/",
    "way_label": "Back to the chat",
}
INACTIVE = {
    "title": "This account is closed",
    "text": "An administrator has deactivated it. Ask them if you think that is a mistake.",
    **TO_LOGIN,
}
VERIFY_SENT = {
    "title": "Confirm your e-mail address",
    "text": "We have sent you a mail. Follow the link in it, and the address is yours.",
    "way": "/",
    "way_label": "Go to the chat",
}


def _notice(view: Any, context: dict[str, str]) -> Any:
    return view.as_view(template_name="account/notice.html", extra_context=context)


def _form(view: Any, context: dict[str, str]) -> Any:
    return view.as_view(template_name="account/form.html", extra_context=context)


def _gated(route: str, view: Any, name: str) -> URLPattern:
    return path(route, behind_the_gate(view), name=name)


urlpatterns = [
    path("first/", FirstAdministratorView.as_view(), name="account_first_administrator"),
    _gated("login/", views.LoginView.as_view(), "account_login"),
    path("logout/", allauth.LogoutView.as_view(), name="account_logout"),
    _gated("signup/", views.SignupView.as_view(), "account_signup"),
    _gated("invite/<str:secret>/", InvitationView.as_view(), "account_invitation"),
    path("sessions/", OwnSessionsView.as_view(), name="account_sessions"),
    _gated("password/change/", _form(views.PasswordChangeView, CHANGE), "account_change_password"),
    path("password/change/done/", _notice(TemplateView, CHANGED), name="account_password_changed"),
    _gated("password/set/", _form(views.PasswordSetView, SET), "account_set_password"),
    _gated("password/reset/", _form(views.PasswordResetView, RESET), "account_reset_password"),
    _gated(
        "password/reset/done/",
        _notice(allauth.PasswordResetDoneView, RESET_SENT),
        "account_reset_password_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        behind_the_gate(_form(allauth.PasswordResetFromKeyView, NEW)),
        name="account_reset_password_from_key",
    ),
    _gated(
        "password/reset/key/done/",
        _notice(allauth.PasswordResetFromKeyDoneView, RESET_DONE),
        "account_reset_password_from_key_done",
    ),
    _gated("inactive/", _notice(allauth.AccountInactiveView, INACTIVE), "account_inactive"),
    _gated(
        "confirm-email/",
        _notice(allauth.EmailVerificationSentView, VERIFY_SENT),
        "account_email_verification_sent",
    ),
    re_path(
        r"^confirm-email/(?P<key>[-:\w]+)/$",
        behind_the_gate(allauth.ConfirmEmailView.as_view()),
        name="account_confirm_email",
    ),
]
