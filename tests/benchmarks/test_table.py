"""The benchmark's table: medians and ratios, what was reached, and what the generator itself limited."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.benchmarks import plot, record, table
from tests.benchmarks.contest import Figure, Figures, Row, in_turn, row


def made(ours: float, theirs: float, *, less: bool = False, ceiling: float | None = None) -> Row:
    found = {"product": Figures([Figure(ours)]), "other": Figures([Figure(theirs)])}
    wanted = (0.5, 0.25) if less else (2, 4)
    return row("a load", "things/s", found, "other", wanted, ceiling=ceiling, less=less)


@pytest.mark.parametrize(("ours", "verdict"), [(400, "goal"), (399, "bar"), (200, "bar"), (199, "below")])
def test_the_ratio_is_held_against_bar_and_goal(ours: float, verdict: str) -> None:
    assert made(ours, 100).verdict == verdict


@pytest.mark.parametrize(("ours", "verdict"), [(25, "goal"), (26, "bar"), (50, "bar"), (51, "below")])
def test_where_less_is_better_the_smaller_ratio_reaches_more(ours: float, verdict: str) -> None:
    assert made(ours, 100, less=True).verdict == verdict


def test_a_line_without_another_side_is_held_against_the_bar_by_itself() -> None:
    alone = Row("a delay", "ms", 30, bar=50, goal=20, less=True)
    assert alone.verdict == "bar"
    assert "bar" in table.text([alone])


def test_a_side_that_could_not_be_measured_leaves_no_verdict() -> None:
    absent = row("a load", "things/s", {"product": Figures([Figure(1)])}, "other", (2, 4))
    assert (absent.ratio, absent.verdict) == (None, "")
    assert "not measured here" in table.text([absent])


def test_beside_a_side_that_did_nothing_there_is_no_verdict() -> None:
    assert made(400, 0).verdict == ""


def test_what_comes_near_the_generators_ceiling_is_marked() -> None:
    assert "limited by the generator" in table.text([made(100, 10, ceiling=149)])
    assert "limited by the generator" not in table.text([made(100, 10, ceiling=150)])


def test_sides_are_measured_in_turn_and_their_medians_are_compared() -> None:
    asked: list[str] = []
    values = {"product": iter([1.0, 9.0, 5.0]), "other": iter([2.0, 2.0, 100.0])}

    def measure(name: str) -> Figure:
        asked.append(name)
        return Figure(next(values[name]))

    sides = {"product": lambda: measure("product"), "other": lambda: measure("other")}
    found = in_turn("a load", "things/s", 3, sides)
    assert asked == ["product", "other"] * 3
    assert row("a load", "things/s", found, "other", (2, 4)).ratio == 2.5


def test_the_picture_shows_each_line_that_has_a_bar(tmp_path: Path) -> None:
    file = tmp_path / "ratios.svg"
    plot.draw(file, [made(400, 100), made(30, 100, less=True), made(50, 100), Row("alone", "ms", 1.0)])
    bars = ElementTree.parse(file).getroot().findall("{http://www.w3.org/2000/svg}rect")
    assert [bar.get("class") for bar in bars] == ["goal", "bar", "below"]


def test_a_run_takes_the_place_of_the_one_before_in_the_page(tmp_path: Path) -> None:
    page = tmp_path / record.PAGE
    page.write_text(f"# Benchmarks\n\n{record.HEADING}\n\nan old one\n\n## What limits it\n\nMuch.\n")
    for _ in range(2):
        record.keep(tmp_path, [made(400, 100)])
    text = page.read_text()
    assert text.count(record.HEADING) == text.count("| a load |") == text.count("## What limits it") == 1
    assert "an old one" not in text
    assert (tmp_path / record.PICTURE).exists()


def test_a_page_without_a_place_for_a_run_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / record.PAGE).write_text("# Benchmarks\n")
    with pytest.raises(ValueError, match=record.HEADING):
        record.keep(tmp_path, [made(400, 100)])
