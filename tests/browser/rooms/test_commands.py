"""Commands behind a slash: the list of them, the answer for one's own eyes, and texts that only begin like one."""

from playwright.sync_api import Locator, expect

from tests.browser.rooms.people import Make, account, enter, room_of
from tests.browser.test_connection import CABLE, cut, mend
from tests.browser.visitor import Visitor


def commands(person: Visitor) -> Locator:
    return person.page.get_by_role("listbox", name="Commands")


def answer(person: Visitor) -> Locator:
    return person.page.locator(".command-answer")


def problem(person: Visitor) -> Locator:
    return person.page.locator(".composer-problem")


def test_a_slash_lists_the_commands_and_the_answer_is_for_oneself_alone(visitor: Make) -> None:
    alice, bob = visitor(), visitor()
    alice.come_in("Alice", "commands")
    bob.come_in("Bob", "commands")
    alice.composer.press_sequentially("/")
    expect(commands(alice).get_by_role("option").filter(has_text="sets the topic")).to_be_visible()
    alice.composer.press_sequentially("h")
    expect(commands(alice).get_by_role("option")).to_have_count(1)
    alice.composer.press("Escape")
    expect(commands(alice)).to_be_hidden()
    expect(alice.composer).to_have_value("/h")
    alice.composer.press_sequentially("e")
    alice.composer.press("Tab")
    expect(alice.composer).to_have_value("/help ")
    alice.composer.press("Enter")
    expect(answer(alice)).to_contain_text("/topic some text")
    expect(alice.composer).to_have_value("")
    # A command that is typed to its end needs no picking.
    alice.composer.press_sequentially("/me")
    expect(commands(alice).get_by_role("option")).to_have_count(1)
    alice.composer.press("Enter")
    expect(problem(alice)).to_contain_text("Say what you do")
    alice.composer.press_sequentially(" waves")
    alice.composer.press("Enter")
    bob.sees("Alice waves")
    expect(answer(bob)).to_have_count(0)
    stands_in_its_thread_until_it_is_put_away(alice)


def stands_in_its_thread_until_it_is_put_away(alice: Visitor) -> None:
    alice.tool("Alice waves", "Thread")
    field = alice.page.get_by_label("Reply in this thread")
    field.fill("/help")
    field.press("Enter")
    expect(alice.page.locator("thread-pane .command-answer")).to_contain_text("lists these commands")
    expect(answer(alice)).to_have_count(1)
    alice.page.get_by_role("button", name="Dismiss the answer").click()
    expect(answer(alice)).to_have_count(0)
    expect(field).to_be_focused()


def test_a_command_with_words_of_its_own_lists_them_behind_it(visitor: Make) -> None:
    alice, bob = account(visitor, "behind-alice"), account(visitor, "behind-bob")
    enter(alice, room_of(alice, "Behind", bob))
    alice.composer.press_sequentially("/gi")
    expect(commands(alice).get_by_role("option")).to_have_count(1)
    alice.composer.press("Tab")
    expect(alice.composer).to_have_value("/github ")
    expect(
        commands(alice).get_by_role("option").filter(has_text="/github compare name name…")
    ).to_be_visible()
    alice.composer.press_sequentially("sub")
    expect(commands(alice).get_by_role("option")).to_have_count(1)
    expect(alice.composer).to_have_attribute("aria-activedescendant", "composer-text-command-0")
    alice.composer.press("Tab")
    expect(alice.composer).to_have_value("/github subscribe ")
    expect(commands(alice)).to_be_hidden()
    # One that is typed to its end is sent.
    alice.composer.fill("")
    alice.composer.press_sequentially("/github list")
    expect(commands(alice).get_by_role("option")).to_have_count(1)
    alice.composer.press("Enter")
    expect(answer(alice)).to_contain_text("subscribed to no repository")
    # Behind one without, people may be called.
    alice.composer.press_sequentially("/invite @")
    expect(commands(alice)).to_be_hidden()
    expect(
        alice.page.get_by_role("listbox", name="People to mention").get_by_role("option").first
    ).to_be_visible()


def test_what_is_no_command_is_not_posted_and_one_is_not_kept_for_later(visitor: Make) -> None:
    alice = visitor()
    alice.context.add_init_script(CABLE)
    alice.come_in("Alice", "slashes")
    alice.say("/nonsense at all")
    expect(problem(alice)).to_contain_text("There is no command /nonsense")
    expect(alice.composer).to_have_value("/nonsense at all")
    alice.say("//usr/bin is a folder")
    alice.sees("/usr/bin is a folder")
    expect(problem(alice)).to_have_count(0)
    cut(alice)
    alice.say("/me was here")
    expect(problem(alice)).to_contain_text("Commands need the connection")
    expect(alice.composer).to_have_value("/me was here")
    mend(alice)
    # What is no command waits, and arrives after it would have.
    alice.say("back again")
    alice.sees("back again")
    assert alice.texts() == ["/usr/bin is a folder", "back again"]


def test_a_table_is_scrolled_before_its_words_are_broken(visitor: Make) -> None:
    alice = visitor(size={"width": 320, "height": 700})
    alice.come_in("Alice", "tables")
    head = "| account | name | repositories | followers |\n| --- | --- | --- | ---: |"
    alice.say(f"{head}\n| octocat | Octocatissimo | 8 | 20,123 |")
    cells = alice.page.locator("message-item td")
    expect(cells).to_have_count(4)
    lines = """(cells) => cells.map((cell) => {
      const text = document.createRange();
      text.selectNodeContents(cell);
      return text.getClientRects().length;
    })"""
    assert cells.evaluate_all(lines) == [1, 1, 1, 1]
    expect(cells.last).to_have_css("text-align", "right")
