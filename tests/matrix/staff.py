"""The tables of the admin: what staff sees, adds, changes, deletes and runs there."""

from tests.matrix.words import table

# What a superuser may. "reader" has every right to view and no other: they see, and that is all; others see nothing.
SAID = table("""
                        see  add  change  delete
chat.auditentry         ok   no   no      no
chat.ban                ok   ok   no      no
chat.cardshown          ok   no   no      no
chat.change             ok   no   no      no
chat.installation       ok   no   no      no
chat.invitation         ok   no   no      no
chat.jobstate           ok   no   no      no
chat.membership         ok   ok   no      no
chat.mention            ok   no   no      no
chat.message            ok   no   no      no
chat.reaction           ok   no   no      no
chat.revision           ok   no   no      no
chat.room               ok   no   no      no
chat.signin             ok   no   no      no
chat.threadfollower     ok   no   no      no
chat.token              ok   no   no      ok
chat.user               ok   ok   ok      no
chat_github.allowance   ok   no   no      no
chat_github.card        ok   no   no      no
chat_github.delivery    ok   no   no      no
chat_github.gathering   ok   no   no      no
chat_github.roomsetting ok   no   no      no
chat_github.spending    ok   no   no      no
chat_github.subscription ok  no   no      ok
admin.logentry          ok   no   no      no
auth.group              ok   ok   ok      ok
account.emailaddress    ok   ok   ok      ok
socialaccount.socialaccount ok no no      ok
""")

# The right that each operation asks for, beside the one to see the row.
OPERATIONS = {
    "chat.ban lift": "delete_ban",
    "chat.jobstate run_now": "change_jobstate",
    "chat.membership make_member": "change_membership",
    "chat.membership make_moderator": "change_membership",
    "chat.membership make_owner": "change_membership",
    "chat.membership remove": "delete_membership",
    "chat.message remove": "delete_message",
    "chat.room archive": "change_room",
    "chat.room reopen": "change_room",
    "chat.token delete_selected": "delete_token",
    "chat_github.delivery work_off_again": "change_delivery",
    "chat_github.subscription delete_selected": "delete_subscription",
    "socialaccount.socialaccount delete_selected": "delete_socialaccount",
    "chat.user deactivate": "change_user",
    "chat.user reactivate": "change_user",
    "chat.user reset_link": "change_user",
    "chat.user sign_out": "change_user",
    "account.emailaddress delete_selected": "delete_emailaddress",
    "account.emailaddress make_verified": "change_emailaddress",
    "auth.group delete_selected": "delete_group",
}

# Pages that belong to no list of rows, or are one more of a row's.
PAGES = table("""
                             superuser  reader  rightless
index                        200        200     200
app_list                     200        200     404
autocomplete                 200        200     403
jsi18n                       200        200     200
view_on_site                 404        404     404
login                        302        302     302
password_change_done         200        200     200
chat_user_everything         200        403     403
auth_user_password_change    200        403     403
""")
