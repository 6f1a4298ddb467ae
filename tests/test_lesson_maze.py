"""The lesson maze: the agent learns by trying, needs to explore, and its net knows the way from where it never was."""

import os

import numpy as np
import pytest

from demos import runner

PICTURES = ["policies.png", "returns.png"]
EXPLORES, EXPECTS_NOTHING, HOPES = "table, explores", "table, expects nothing", "table, hopes"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("maze")


@pytest.fixture(scope="module")
def lesson(folder):
    """The names that the lesson leaves behind."""
    return runner.run("maze", ["--quick", "--out", str(folder)])


def needs_of_new_starts(lesson):
    """For each fenced cell the shortest path and the steps that the net and the table need."""
    return [(lesson["shortest"][s], lesson["by_net"][s], lesson["by_table"][s]) for s in lesson["fences"]]


def test_it_writes_its_pictures(lesson, folder):
    assert sorted(os.listdir(folder)) == PICTURES
    assert all((folder / name).read_bytes().startswith(b"\x89PNG") for name in PICTURES)


def test_moves_lead_to_free_neighbours_and_a_wall_or_fence_leaves_one_where_one_is(lesson):
    width, free = lesson["width"], ~lesson["walls"].ravel()
    for maze, allowed in ((lesson["open_maze"], free), (lesson["fenced_maze"], (lesson["plan"] != "f").ravel() & free)):
        for s in lesson["starts"]:
            for then, (down, across) in zip(maze[s].tolist(), lesson["MOVES"], strict=True):
                (row, column), (next_row, next_column) = divmod(s, width), divmod(then, width)
                assert allowed[then] and (then == s or (next_row - row, next_column - column) == (down, across))
    assert lesson["open_maze"][0].tolist() == [0, 1, width, 0]


def test_the_prize_spreads_backwards_by_the_rule_of_watkins(lesson):
    two_before, one_before = zip(*lesson["heard"], strict=True)
    assert one_before == pytest.approx([0.98 * (1 - 0.5**k) for k in (1, 2, 3, 4)])
    assert two_before[0] == pytest.approx(-0.01)
    assert two_before[1] == pytest.approx(-0.01 + 0.5 * (-0.02 + 0.95 * one_before[0] + 0.01))
    assert list(two_before) == sorted(two_before)


def test_without_exploring_only_the_optimist_learns(lesson):
    arrivals = lesson["arrivals"]
    assert arrivals[EXPLORES] == len(lesson["starts"]) == 79
    assert arrivals[EXPECTS_NOTHING] == 0 and arrivals[HOPES] > 50
    assert set(np.round(lesson["learners"][EXPECTS_NOTHING][1][-50:], 9)) == {-2.0}
    assert np.mean(lesson["learners"][EXPLORES][1][-50:]) > 0.5
    table = lesson["learners"][EXPECTS_NOTHING][0]
    assert (table[:, 0] > -1).sum() > 50 and (table[:, 1:] == -1).all()  # it never made a second move


def test_the_gradient_through_the_target_leaves_a_twentieth_of_the_slope(lesson):
    assert abs(lesson["as_float"]) > 1e-4
    assert lesson["through"] == pytest.approx(0.05 * lesson["as_float"], rel=1e-9)


def test_the_target_of_the_training_step_gets_no_gradient(lesson):
    xs, moves, targets = lesson["seen"][:1], np.array([2]), np.array([0.3])
    lesson["model"].zero_grad()
    lesson["loss"](xs, moves, targets).backward()
    slope = lesson["model"].layers[-1].neurons[2].b.grad
    assert slope == pytest.approx(2 * (lesson["model"](xs[0])[2].data - 0.3), rel=1e-9)


def test_the_fenced_cells_were_never_seen_in_training(lesson):
    visited = {cell for s, _, then in lesson["memory"] for cell in (s, then)}
    assert not visited & {*lesson["fences"]}
    assert visited == {*lesson["starts"], lesson["goal"]}


def test_from_starts_never_seen_the_net_finds_a_shortest_path_and_the_table_has_no_opinion(lesson):
    assert len(lesson["fences"]) == 6
    for shortest, by_net, by_table in needs_of_new_starts(lesson):
        assert by_net == shortest and by_table is None
    assert lesson["as_short"] > 75
    assert all(lesson["wandered"][s] > 10 * lesson["shortest"][s] for s in lesson["fences"])


def test_the_breadth_first_distances_differ_by_one_step_along_a_shortest_path(lesson):
    far, goal = lesson["shortest"], lesson["goal"]
    assert far[goal] == 0 and len(far) == 86 and far[0] == 18
    for s in {*far} - {goal}:
        assert min(far[then] for then in lesson["open_maze"][s].tolist()) == far[s] - 1


def test_the_net_brings_in_more_and_more(lesson):
    returns = lesson["net_returns"]
    assert np.mean(returns[:100]) < 0 < 0.5 < np.mean(returns[-100:])


def test_another_seed_works_too_and_fits_80_columns(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    left = runner.run("maze", ["--quick", "--out", "results", "--seed", "3"])
    shown = capsys.readouterr().out.splitlines()
    assert max(map(len, shown)) <= 80 and shown[-1].startswith("Written to")
    assert all(by_net == shortest for shortest, by_net, _ in needs_of_new_starts(left))
    assert left["arrivals"][EXPLORES] == 79 and left["arrivals"][EXPECTS_NOTHING] == 0


def test_a_single_walk_is_enough_for_the_lesson_to_run(tmp_path):
    left = runner.run("maze", ["--episodes", "1", "--updates", "1", "--hidden", "1", "--out", str(tmp_path)])
    assert len(left["net_returns"]) == 1 and sorted(os.listdir(tmp_path)) == PICTURES
