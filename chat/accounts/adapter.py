"""What allauth asks us: who may sign up, how an account is made or linked, where a link in a mail leads."""

import logging
from functools import partial
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthError, AuthProcess
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse

from chat.accounts.guests import guest_of
from chat.actions.accounts import create_account, create_invited_account
from chat.models import User

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_taken": "This username is taken.",
        "username_password_mismatch": "Username or password is wrong.",
        "email_password_mismatch": "E-mail address or password is wrong.",
        "email_taken": "Another account has this e-mail address.",
        "enter_current_password": "This is not your present password.",
        "too_many_login_attempts": "Too many failed attempts. Wait a few minutes and try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        invited = getattr(request, "invitation_secret", None) is not None
        return settings.CHAT_SIGNUP == "open" or (settings.CHAT_SIGNUP == "invite" and invited)

    def clean_username(self, username: str, shallow: bool = False) -> str:
        return super().clean_username(User.normalize_username(username), shallow)

    def save_user(self, request: HttpRequest, user: Any, form: BaseForm, commit: bool = True) -> User:
        """Sign up; a guest becomes the account. Raises a ChatError that the form shows (views.SignupView)."""
        data = form.cleaned_data
        secret = getattr(request, "invitation_secret", None)
        create = create_account if secret is None else partial(create_invited_account, secret)
        return create(
            data["username"],
            data.get("password1"),
            name=data["name"],
            email=data.get("email") or "",
            guest=guest_of(request),
        )

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_password_changed")

    def get_client_ip(self, request: HttpRequest) -> str:
        """The peer's address: the server itself has looked behind the proxies that it trusts."""
        return request.META.get("REMOTE_ADDR") or "unknown"

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """The account alone: allauth puts the Host before it, and a port in that would give a fresh allowance."""
        return str(credentials.get("email") or credentials.get("username") or "").lower()

    def get_reset_password_from_key_url(self, key: str) -> str:
        return _in_public(super().get_reset_password_from_key_url(key))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return _in_public(super().get_email_confirmation_url(request, emailconfirmation))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail that cannot be sent must not undo what it tells about."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException) as error:
            logger.warning("A mail could not be sent: %s", error)
            if self.request is not None:
                messages.warning(self.request, "The e-mail could not be sent. Try again later.")


class LinkedAccountAdapter(DefaultSocialAccountAdapter):
    """Accounts that people have elsewhere: they follow the rules of sign-up, and bring a name, never an address."""

    error_messages = {
        **DefaultSocialAccountAdapter.error_messages,
        "no_password": "It is your only way in. Set a password first.",
    }

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Those of the settings alone: no row of the database lets somebody in by another service."""
        apps = (
            SocialApp(provider=name, **app)
            for name, told in settings.SOCIALACCOUNT_PROVIDERS.items()
            for app in told["APPS"]
        )
        return [
            app for app in apps if provider in (None, app.provider) and client_id in (None, app.client_id)
        ]

    def on_authentication_error(self, request: HttpRequest, provider: Any, *_: Any, **why: Any) -> None:
        """They said no at the service, or it could not be asked: back to where the button is, with a word of it."""
        cancelled = why.get("error") == AuthError.CANCELLED
        told = "You said no at {}." if cancelled else "{} did not confirm who you are. Try again."
        messages.warning(request, told.format(provider.name))
        raise ImmediateHttpResponse(redirect(_entrance(request)))

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """One account of a service for each person: what is shown for them is asked for as one of them."""
        connecting = sociallogin.state.get("process") == AuthProcess.CONNECT and not sociallogin.is_existing
        others = SocialAccount.objects.filter(user=request.user.pk, provider=sociallogin.account.provider)
        if connecting and others.exists():
            messages.error(request, "Another account is linked already. Unlink it first.")
            raise ImmediateHttpResponse(redirect("socialaccount_connections"))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """By the rules for everybody; whom they shut out, the page of sign-up tells why."""
        request.invitation_secret = _invitation_in(sociallogin)  # type: ignore[attr-defined]
        if not super().is_open_for_signup(request, sociallogin):
            raise ImmediateHttpResponse(redirect("account_signup"))
        return True

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        user: User = sociallogin.user
        user.username, user.name = data.get("username") or "", data.get("name") or ""
        return user

    def get_signup_form_initial_data(self, sociallogin: SocialLogin) -> dict[str, str]:
        return {"username": sociallogin.user.username, "name": sociallogin.user.name}

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: BaseForm) -> User:
        """As by the form of everybody, without a password; raises a ChatError that the form shows."""
        with transaction.atomic():
            user = AccountAdapter(request).save_user(request, sociallogin.user, form)
            sociallogin.user = user
            sociallogin.save(request)
        return user


def _entrance(request: HttpRequest) -> str:
    return "account_login" if request.user.is_anonymous else "socialaccount_connections"


def _invitation_in(sociallogin: SocialLogin) -> str | None:
    """The secret of the invitation that they came from, which is where they are led on to."""
    try:
        found = resolve(urlsplit(sociallogin.state.get("next") or "").path)
    except Resolver404:
        return None
    return found.kwargs["secret"] if found.url_name == "account_invitation" else None


def _in_public(url: str) -> str:
    """The address under the name that people use, whatever Host the request was made to."""
    if not settings.PUBLIC_ORIGIN:
        return url
    parts = urlsplit(url)
    return f"{settings.PUBLIC_ORIGIN}{parts.path}"
