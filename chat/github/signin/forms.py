"""The form of who comes in by GitHub for the first time."""

from typing import Any

from allauth.socialaccount import forms as allauth

from chat.accounts.forms import PLAIN_WORD, WithoutPlaceholders, name_field


class SignupForm(WithoutPlaceholders, allauth.SignupForm):
    """As everybody's, without a password."""

    name = name_field()
    field_order = ["name", "username", "email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].help_text = "It cannot be changed later."
        self.fields["username"].widget.attrs.update(PLAIN_WORD)
        self.fields["email"].label = "E-mail (optional)"
