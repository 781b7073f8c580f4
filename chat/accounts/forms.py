"""The forms of the account pages."""

from typing import Any

from allauth.account import forms as allauth
from django import forms
from django.contrib.auth import password_validation

from chat.models import User
from chat.models.token import LABEL_CHARS
from chat.models.user import NAME_CHARS

PLAIN_WORD = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
PASSWORD_HINT = "At least 8 characters, and not one of the common ones."


class WithoutPlaceholders(forms.BaseForm):
    """allauth repeats each label as a placeholder."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name == "password1":
                field.help_text = PASSWORD_HINT


class LoginForm(WithoutPlaceholders, allauth.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "Username or e-mail"
        self.fields["login"].widget.attrs.update(PLAIN_WORD)
        # The page has the link to the reset.
        self.fields["password"].help_text = ""


def name_field() -> forms.CharField:
    return forms.CharField(
        label="Your name (optional)",
        required=False,
        max_length=NAME_CHARS,
        help_text="This is what others see; without it, your username.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class SignupForm(WithoutPlaceholders, allauth.SignupForm):
    name = name_field()
    field_order = ["name", "username", "email", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].help_text = "You sign in with it. It cannot be changed."
        self.fields["username"].widget.attrs.update(PLAIN_WORD)
        self.fields["email"].label = "E-mail (optional)"


class ChangePasswordForm(WithoutPlaceholders, allauth.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = "Present password"
        self.fields["oldpassword"].help_text = ""
        self.fields["password1"].label = "New password"
        self.fields["password2"].label = "New password, once more"


class SetPasswordForm(WithoutPlaceholders, allauth.SetPasswordForm):
    pass


class ResetPasswordForm(WithoutPlaceholders, allauth.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(WithoutPlaceholders, allauth.ResetPasswordKeyForm):
    pass


class FirstAdministratorForm(forms.Form):
    """`with_code`: whoever asks is elsewhere and has to show that they can read what the server printed."""

    name = name_field()
    username = forms.CharField(
        max_length=150,
        validators=User._meta.get_field("username").validators,
        help_text="You sign in with it. It cannot be changed.",
        widget=forms.TextInput(attrs=PLAIN_WORD),
    )
    password1 = forms.CharField(
        label="Password",
        strip=False,
        help_text=PASSWORD_HINT,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    code = forms.CharField(
        label="One-time code",
        max_length=100,
        help_text="The server printed it when it started.",
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args: Any, with_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_code:
            del self.fields["code"]

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        person = User(username=self.cleaned_data.get("username", ""), name=self.cleaned_data.get("name", ""))
        password_validation.validate_password(password, person)
        return password


class TokenForm(forms.Form):
    label = forms.CharField(
        label="What is it for?",
        required=False,
        max_length=LABEL_CHARS,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = forms.TypedChoiceField(
        label="How long does it last?",
        choices=[("30", "30 days"), ("365", "A year"), ("", "Until it is revoked")],
        required=False,
        initial="365",
        coerce=int,
        empty_value=None,
    )
