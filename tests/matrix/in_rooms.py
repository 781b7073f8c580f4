"""The table of who may do what in a room, a table for each kind of room, as docs/protocol.md says it.

The words: `ok`; `no`, seen and not allowed; `unseen`, hidden or missing; `sign-in`, nobody is known and somebody has to
be; `shut`, allowed if the room were not archived; `-`, cannot be, as nobody is a guest on a socket.

The visitors: `nobody`, without session and token; a `guest`; a `stranger` with an account; those who belong to the room
by their role; somebody who was `removed` from it, somebody who is `banned` from it; and `staff`, who may do everything
in the admin and does not belong to the room. Guests may write here; the last table says what is otherwise without.
"""

from tests.matrix.words import table

PUBLIC = table("""
                        nobody   guest    stranger member   moderator owner    removed  banned   staff
connect                 ok       ok       ok       ok       ok        ok       ok       unseen   ok
subscribe               -        ok       ok       ok       ok        ok       ok       unseen   ok
unsubscribe             -        ok       ok       ok       ok        ok       ok       ok       ok
read the room           ok       ok       ok       ok       ok        ok       ok       unseen   ok
read its messages       ok       ok       ok       ok       ok        ok       ok       unseen   ok
read its changes        ok       ok       ok       ok       ok        ok       ok       unseen   ok
read its pins           ok       ok       ok       ok       ok        ok       ok       unseen   ok
read its members        ok       ok       ok       ok       ok        ok       ok       unseen   ok
read a message          ok       ok       ok       ok       ok        ok       ok       unseen   ok
read messages by id     ok       ok       ok       ok       ok        ok       ok       unseen   ok
ask for help            sign-in  ok       ok       ok       ok        ok       ok       unseen   ok
mute GitHub's bots      sign-in  no       no       no       ok        ok       no       unseen   no
type                    -        ok       ok       ok       ok        ok       ok       unseen   ok
send                    sign-in  ok       ok       ok       ok        ok       ok       unseen   ok
react                   sign-in  ok       ok       ok       ok        ok       ok       unseen   ok
take a reaction back    sign-in  ok       ok       ok       ok        ok       ok       unseen   ok
edit one's own          sign-in  ok       ok       ok       ok        ok       ok       unseen   ok
edit another's          sign-in  no       no       no       no        no       no       unseen   no
delete one's own        sign-in  ok       ok       ok       ok        ok       ok       unseen   ok
delete another's        sign-in  no       no       no       ok        ok       no       unseen   no
pin                     sign-in  no       no       no       ok        ok       no       unseen   no
unpin                   sign-in  no       no       no       ok        ok       no       unseen   no
revisions of one's own  sign-in  ok       ok       ok       ok        ok       ok       unseen   ok
revisions of another's  sign-in  no       no       no       no        no       no       unseen   ok
join                    sign-in  no       ok       ok       ok        ok       ok       unseen   ok
leave                   sign-in  ok       ok       ok       ok        ok       ok       unseen   ok
be told of less         sign-in  no       no       ok       ok        ok       no       unseen   no
mark read               sign-in  no       no       ok       ok        ok       no       unseen   no
mark unread             sign-in  no       no       ok       ok        ok       no       unseen   no
add a member            sign-in  no       no       ok       ok        ok       no       unseen   no
invite by a link        sign-in  no       no       ok       ok        ok       no       unseen   no
give a role             sign-in  no       no       no       no        ok       no       unseen   no
remove a member         sign-in  no       no       no       ok        ok       no       unseen   no
remove an owner         sign-in  no       no       no       no        ok       no       unseen   no
see the bans            sign-in  no       no       no       ok        ok       no       unseen   no
ban an outsider         sign-in  no       no       no       ok        ok       no       unseen   no
ban an owner            sign-in  no       no       no       no        ok       no       unseen   no
lift a ban              sign-in  no       no       no       ok        ok       no       unseen   no
change the name         sign-in  no       no       no       ok        ok       no       unseen   no
change the topic        sign-in  no       no       no       ok        ok       no       unseen   no
change the kind         sign-in  no       no       no       no        ok       no       unseen   no
archive                 sign-in  no       no       no       no        ok       no       unseen   no
reopen                  sign-in  no       no       no       no        ok       no       unseen   no
""")

OPEN = table("""
                        nobody   guest    stranger member   moderator owner    removed  banned   staff
connect                 unseen   unseen   ok       ok       ok        ok       ok       unseen   ok
subscribe               -        unseen   ok       ok       ok        ok       ok       unseen   ok
unsubscribe             -        ok       ok       ok       ok        ok       ok       ok       ok
read the room           unseen   unseen   ok       ok       ok        ok       ok       unseen   ok
read its messages       unseen   unseen   ok       ok       ok        ok       ok       unseen   ok
read its changes        unseen   unseen   ok       ok       ok        ok       ok       unseen   ok
read its pins           unseen   unseen   ok       ok       ok        ok       ok       unseen   ok
read its members        unseen   unseen   ok       ok       ok        ok       ok       unseen   ok
read a message          unseen   unseen   ok       ok       ok        ok       ok       unseen   ok
read messages by id     unseen   unseen   ok       ok       ok        ok       ok       unseen   ok
ask for help            sign-in  unseen   ok       ok       ok        ok       ok       unseen   ok
mute GitHub's bots      sign-in  unseen   no       no       ok        ok       no       unseen   no
type                    -        unseen   no       ok       ok        ok       no       unseen   no
send                    sign-in  unseen   no       ok       ok        ok       no       unseen   no
react                   sign-in  unseen   no       ok       ok        ok       no       unseen   no
take a reaction back    sign-in  unseen   no       ok       ok        ok       no       unseen   no
edit one's own          sign-in  unseen   no       ok       ok        ok       no       unseen   no
edit another's          sign-in  unseen   no       no       no        no       no       unseen   no
delete one's own        sign-in  unseen   no       ok       ok        ok       no       unseen   no
delete another's        sign-in  unseen   no       no       ok        ok       no       unseen   no
pin                     sign-in  unseen   no       no       ok        ok       no       unseen   no
unpin                   sign-in  unseen   no       no       ok        ok       no       unseen   no
revisions of one's own  sign-in  unseen   ok       ok       ok        ok       ok       unseen   ok
revisions of another's  sign-in  unseen   no       no       no        no       no       unseen   ok
join                    sign-in  unseen   ok       ok       ok        ok       ok       unseen   ok
leave                   sign-in  unseen   ok       ok       ok        ok       ok       unseen   ok
be told of less         sign-in  unseen   no       ok       ok        ok       no       unseen   no
mark read               sign-in  unseen   no       ok       ok        ok       no       unseen   no
mark unread             sign-in  unseen   no       ok       ok        ok       no       unseen   no
add a member            sign-in  unseen   no       ok       ok        ok       no       unseen   no
invite by a link        sign-in  no       no       ok       ok        ok       no       unseen   no
give a role             sign-in  unseen   no       no       no        ok       no       unseen   no
remove a member         sign-in  unseen   no       no       ok        ok       no       unseen   no
remove an owner         sign-in  unseen   no       no       no        ok       no       unseen   no
see the bans            sign-in  unseen   no       no       ok        ok       no       unseen   no
ban an outsider         sign-in  unseen   no       no       ok        ok       no       unseen   no
ban an owner            sign-in  unseen   no       no       no        ok       no       unseen   no
lift a ban              sign-in  unseen   no       no       ok        ok       no       unseen   no
change the name         sign-in  unseen   no       no       ok        ok       no       unseen   no
change the topic        sign-in  unseen   no       no       ok        ok       no       unseen   no
change the kind         sign-in  unseen   no       no       no        ok       no       unseen   no
archive                 sign-in  unseen   no       no       no        ok       no       unseen   no
reopen                  sign-in  unseen   no       no       no        ok       no       unseen   no
""")

PRIVATE = table("""
                        nobody   guest    stranger member   moderator owner    removed  banned   staff
connect                 unseen   unseen   unseen   ok       ok        ok       unseen   unseen   unseen
subscribe               -        unseen   unseen   ok       ok        ok       unseen   unseen   unseen
unsubscribe             -        ok       ok       ok       ok        ok       ok       ok       ok
read the room           unseen   unseen   unseen   ok       ok        ok       unseen   unseen   unseen
read its messages       unseen   unseen   unseen   ok       ok        ok       unseen   unseen   unseen
read its changes        unseen   unseen   unseen   ok       ok        ok       unseen   unseen   unseen
read its pins           unseen   unseen   unseen   ok       ok        ok       unseen   unseen   unseen
read its members        unseen   unseen   unseen   ok       ok        ok       unseen   unseen   unseen
read a message          unseen   unseen   unseen   ok       ok        ok       unseen   unseen   unseen
read messages by id     unseen   unseen   unseen   ok       ok        ok       unseen   unseen   unseen
ask for help            sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
mute GitHub's bots      sign-in  unseen   unseen   no       ok        ok       unseen   unseen   unseen
type                    -        unseen   unseen   ok       ok        ok       unseen   unseen   unseen
send                    sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
react                   sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
take a reaction back    sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
edit one's own          sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
edit another's          sign-in  unseen   unseen   no       no        no       unseen   unseen   unseen
delete one's own        sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
delete another's        sign-in  unseen   unseen   no       ok        ok       unseen   unseen   unseen
pin                     sign-in  unseen   unseen   no       ok        ok       unseen   unseen   unseen
unpin                   sign-in  unseen   unseen   no       ok        ok       unseen   unseen   unseen
revisions of one's own  sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
revisions of another's  sign-in  unseen   unseen   no       no        no       unseen   unseen   unseen
join                    sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
leave                   sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
be told of less         sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
mark read               sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
mark unread             sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
add a member            sign-in  unseen   unseen   no       ok        ok       unseen   unseen   unseen
invite by a link        sign-in  no       unseen   no       ok        ok       unseen   unseen   unseen
give a role             sign-in  unseen   unseen   no       no        ok       unseen   unseen   unseen
remove a member         sign-in  unseen   unseen   no       ok        ok       unseen   unseen   unseen
remove an owner         sign-in  unseen   unseen   no       no        ok       unseen   unseen   unseen
see the bans            sign-in  unseen   unseen   no       ok        ok       unseen   unseen   unseen
ban an outsider         sign-in  unseen   unseen   no       ok        ok       unseen   unseen   unseen
ban an owner            sign-in  unseen   unseen   no       no        ok       unseen   unseen   unseen
lift a ban              sign-in  unseen   unseen   no       ok        ok       unseen   unseen   unseen
change the name         sign-in  unseen   unseen   no       ok        ok       unseen   unseen   unseen
change the topic        sign-in  unseen   unseen   no       ok        ok       unseen   unseen   unseen
change the kind         sign-in  unseen   unseen   no       no        ok       unseen   unseen   unseen
archive                 sign-in  unseen   unseen   no       no        ok       unseen   unseen   unseen
reopen                  sign-in  unseen   unseen   no       no        ok       unseen   unseen   unseen
""")

# For the people it was made with: nobody to moderate, nobody to add. "removed" have left it.
DIRECT = table("""
                        nobody   guest    stranger member   moderator owner    removed  banned   staff
connect                 unseen   unseen   unseen   ok       ok        ok       unseen   unseen   unseen
subscribe               -        unseen   unseen   ok       ok        ok       unseen   unseen   unseen
unsubscribe             -        ok       ok       ok       ok        ok       ok       ok       ok
read the room           unseen   unseen   unseen   ok       ok        ok       unseen   unseen   unseen
read its messages       unseen   unseen   unseen   ok       ok        ok       unseen   unseen   unseen
read its changes        unseen   unseen   unseen   ok       ok        ok       unseen   unseen   unseen
read its pins           unseen   unseen   unseen   ok       ok        ok       unseen   unseen   unseen
read its members        unseen   unseen   unseen   ok       ok        ok       unseen   unseen   unseen
read a message          unseen   unseen   unseen   ok       ok        ok       unseen   unseen   unseen
read messages by id     unseen   unseen   unseen   ok       ok        ok       unseen   unseen   unseen
ask for help            sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
mute GitHub's bots      sign-in  unseen   unseen   no       no        no       unseen   unseen   unseen
type                    -        unseen   unseen   ok       ok        ok       unseen   unseen   unseen
send                    sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
react                   sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
take a reaction back    sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
edit one's own          sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
edit another's          sign-in  unseen   unseen   no       no        no       unseen   unseen   unseen
delete one's own        sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
delete another's        sign-in  unseen   unseen   no       ok        ok       unseen   unseen   unseen
pin                     sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
unpin                   sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
revisions of one's own  sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
revisions of another's  sign-in  unseen   unseen   no       no        no       unseen   unseen   unseen
join                    sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
leave                   sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
be told of less         sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
mark read               sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
mark unread             sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
add a member            sign-in  unseen   unseen   no       no        no       unseen   unseen   unseen
invite by a link        sign-in  no       unseen   no       no        no       unseen   unseen   unseen
give a role             sign-in  unseen   unseen   no       no        ok       unseen   unseen   unseen
remove a member         sign-in  unseen   unseen   no       no        no       unseen   unseen   unseen
remove an owner         sign-in  unseen   unseen   no       no        no       unseen   unseen   unseen
see the bans            sign-in  unseen   unseen   no       ok        ok       unseen   unseen   unseen
ban an outsider         sign-in  unseen   unseen   no       no        no       unseen   unseen   unseen
ban an owner            sign-in  unseen   unseen   no       no        no       unseen   unseen   unseen
lift a ban              sign-in  unseen   unseen   no       ok        ok       unseen   unseen   unseen
change the name         sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
change the topic        sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
change the kind         sign-in  unseen   unseen   no       no        no       unseen   unseen   unseen
archive                 sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
reopen                  sign-in  unseen   unseen   ok       ok        ok       unseen   unseen   unseen
""")

# A public room that is archived: read as ever, and left; nobody comes in, and nothing in it is changed.
ARCHIVED = table("""
                        nobody   guest    stranger member   moderator owner    removed  banned   staff
connect                 ok       ok       ok       ok       ok        ok       ok       unseen   ok
subscribe               -        ok       ok       ok       ok        ok       ok       unseen   ok
unsubscribe             -        ok       ok       ok       ok        ok       ok       ok       ok
read the room           ok       ok       ok       ok       ok        ok       ok       unseen   ok
read its messages       ok       ok       ok       ok       ok        ok       ok       unseen   ok
read its changes        ok       ok       ok       ok       ok        ok       ok       unseen   ok
read its pins           ok       ok       ok       ok       ok        ok       ok       unseen   ok
read its members        ok       ok       ok       ok       ok        ok       ok       unseen   ok
read a message          ok       ok       ok       ok       ok        ok       ok       unseen   ok
read messages by id     ok       ok       ok       ok       ok        ok       ok       unseen   ok
ask for help            sign-in  ok       ok       ok       ok        ok       ok       unseen   ok
mute GitHub's bots      sign-in  no       no       no       shut      shut     no       unseen   no
type                    -        shut     shut     shut     shut      shut     shut     unseen   shut
send                    sign-in  shut     shut     shut     shut      shut     shut     unseen   shut
react                   sign-in  shut     shut     shut     shut      shut     shut     unseen   shut
take a reaction back    sign-in  shut     shut     shut     shut      shut     shut     unseen   shut
edit one's own          sign-in  shut     shut     shut     shut      shut     shut     unseen   shut
edit another's          sign-in  no       no       no       no        no       no       unseen   no
delete one's own        sign-in  shut     shut     shut     shut      shut     shut     unseen   shut
delete another's        sign-in  no       no       no       shut      shut     no       unseen   no
pin                     sign-in  no       no       no       shut      shut     no       unseen   no
unpin                   sign-in  no       no       no       shut      shut     no       unseen   no
revisions of one's own  sign-in  ok       ok       ok       ok        ok       ok       unseen   ok
revisions of another's  sign-in  no       no       no       no        no       no       unseen   ok
join                    sign-in  no       shut     ok       ok        ok       shut     unseen   shut
leave                   sign-in  ok       ok       ok       ok        ok       ok       unseen   ok
be told of less         sign-in  no       no       ok       ok        ok       no       unseen   no
mark read               sign-in  no       no       ok       ok        ok       no       unseen   no
mark unread             sign-in  no       no       ok       ok        ok       no       unseen   no
add a member            sign-in  no       no       shut     shut      shut     no       unseen   no
invite by a link        sign-in  no       no       shut     shut      shut     no       unseen   no
give a role             sign-in  no       no       no       no        ok       no       unseen   no
remove a member         sign-in  no       no       no       ok        ok       no       unseen   no
remove an owner         sign-in  no       no       no       no        ok       no       unseen   no
see the bans            sign-in  no       no       no       ok        ok       no       unseen   no
ban an outsider         sign-in  no       no       no       ok        ok       no       unseen   no
ban an owner            sign-in  no       no       no       no        ok       no       unseen   no
lift a ban              sign-in  no       no       no       ok        ok       no       unseen   no
change the name         sign-in  no       no       no       shut      shut     no       unseen   no
change the topic        sign-in  no       no       no       shut      shut     no       unseen   no
change the kind         sign-in  no       no       no       no        shut     no       unseen   no
archive                 sign-in  no       no       no       no        ok       no       unseen   no
reopen                  sign-in  no       no       no       no        ok       no       unseen   no
""")

# A public room by CHAT_GUESTS. Whoever still holds a guest's token sees no room when guests may not come any more.
GUESTS = table("""
                        nobody:off  nobody:read  nobody:write  guest:off  guest:read  guest:write
connect                 sign-in     ok           ok            unseen     ok          ok
subscribe               -           -            -             unseen     ok          ok
unsubscribe             -           -            -             ok         ok          ok
read the room           sign-in     ok           ok            unseen     ok          ok
read its messages       sign-in     ok           ok            unseen     ok          ok
read its changes        sign-in     ok           ok            unseen     ok          ok
read its pins           sign-in     ok           ok            unseen     ok          ok
read its members        sign-in     ok           ok            unseen     ok          ok
read a message          sign-in     ok           ok            unseen     ok          ok
read messages by id     sign-in     ok           ok            unseen     ok          ok
ask for help            sign-in     sign-in      sign-in       unseen     ok          ok
mute GitHub's bots      sign-in     sign-in      sign-in       unseen     no          no
type                    -           -            -             unseen     no          ok
send                    sign-in     sign-in      sign-in       unseen     no          ok
react                   sign-in     sign-in      sign-in       unseen     no          ok
take a reaction back    sign-in     sign-in      sign-in       unseen     no          ok
edit one's own          sign-in     sign-in      sign-in       unseen     no          ok
edit another's          sign-in     sign-in      sign-in       unseen     no          no
delete one's own        sign-in     sign-in      sign-in       unseen     no          ok
delete another's        sign-in     sign-in      sign-in       unseen     no          no
pin                     sign-in     sign-in      sign-in       unseen     no          no
unpin                   sign-in     sign-in      sign-in       unseen     no          no
revisions of one's own  sign-in     sign-in      sign-in       unseen     ok          ok
revisions of another's  sign-in     sign-in      sign-in       unseen     no          no
join                    sign-in     sign-in      sign-in       unseen     no          no
leave                   sign-in     sign-in      sign-in       unseen     ok          ok
be told of less         sign-in     sign-in      sign-in       unseen     no          no
mark read               sign-in     sign-in      sign-in       unseen     no          no
mark unread             sign-in     sign-in      sign-in       unseen     no          no
add a member            sign-in     sign-in      sign-in       unseen     no          no
invite by a link        sign-in     sign-in      sign-in       no         no          no
give a role             sign-in     sign-in      sign-in       unseen     no          no
remove a member         sign-in     sign-in      sign-in       unseen     no          no
remove an owner         sign-in     sign-in      sign-in       unseen     no          no
see the bans            sign-in     sign-in      sign-in       unseen     no          no
ban an outsider         sign-in     sign-in      sign-in       unseen     no          no
ban an owner            sign-in     sign-in      sign-in       unseen     no          no
lift a ban              sign-in     sign-in      sign-in       unseen     no          no
change the name         sign-in     sign-in      sign-in       unseen     no          no
change the topic        sign-in     sign-in      sign-in       unseen     no          no
change the kind         sign-in     sign-in      sign-in       unseen     no          no
archive                 sign-in     sign-in      sign-in       unseen     no          no
reopen                  sign-in     sign-in      sign-in       unseen     no          no
""")

KINDS = {"public": PUBLIC, "open": OPEN, "private": PRIVATE, "direct": DIRECT, "archived": ARCHIVED}
