"""Holds what is worth finding out against closed forms, a nested simulation, brute force, and the laws information must obey."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from rich.console import Console
from scipy import stats as scipy_stats

import tco_model as tco
from tco_model.analysis.conditional import BINS, Bins, Choice, Knowledge, bin_codes, evpi, evppi, evppi_together, natural_spline
from tco_model.analysis.information import Information, information, input_label, parts_of_one_quantity, pilot, worth_finding_out
from tco_model.analysis.spread import Estimate
from tco_model.analysis.study import EventCount, Pilot, RatioReading, Reading, Study, YesOrNo
from tco_model.engine.compile import compile_scenario
from tco_model.engine.futures import Futures
from tco_model.exporters.information_table import information_data, information_sentences, print_information
from tco_model.exporters.json_text import json_text
from tests.engine.scenarios import SMALL, compared, formulas, make

Array = NDArray[np.float64]
stats: Any = scipy_stats


def normals(inputs: int, draws: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).normal(size=(inputs, draws))


def sobol(inputs: int, power: int = 14) -> Array:
    return np.asarray(stats.norm.ppf(stats.qmc.Sobol(inputs, scramble=True, rng=5).random_base2(power).T))


def loss(mean: float, sd: float) -> float:
    z = abs(mean) / sd
    return sd * float(stats.norm.pdf(z) - z * stats.norm.sf(z))


class TestBins:
    @pytest.mark.parametrize("design", ["random", "sobol"])
    @pytest.mark.parametrize("law", ["norm", "uniform", "expon", "beta", "lognorm", "pareto"])
    def test_bins_are_in_order_and_of_about_equal_count(self, law: str, design: str) -> None:
        shapes: dict[str, tuple[float, ...]] = {"beta": (0.5, 0.5), "lognorm": (3.0,), "pareto": (0.7,)}
        uniform = np.random.default_rng(1).random(32_768) if design == "random" else stats.norm.cdf(sobol(1, 15)[0])
        values = np.asarray(getattr(stats, law).ppf(uniform, *shapes.get(law, ())))
        codes = bin_codes(values, BINS)
        held = np.bincount(codes)
        assert np.all(np.diff(codes[np.argsort(values)]) >= 0)
        assert 0.8 * BINS <= held.size <= BINS
        assert held.max() <= 2 * values.size / BINS

    @given(
        arrays.arrays(np.float64, st.integers(2, 400), elements=st.one_of(st.integers(-3, 3).map(float), st.floats(-1e9, 1e9))),
        st.integers(2, BINS),
    )
    def test_equal_values_share_a_bin_and_larger_ones_are_never_before(self, values: Array, bins: int) -> None:
        codes = bin_codes(values, bins)
        order = np.argsort(values, kind="stable")
        steps, rises = np.diff(codes[order]), np.diff(values[order])
        assert np.all(steps >= 0)
        assert np.all(steps[rises == 0.0] == 0)
        assert np.array_equal(np.unique(codes), np.arange(int(codes.max()) + 1))

    def test_each_level_of_a_discrete_input_has_its_own_bin(self) -> None:
        values = np.random.default_rng(0).integers(0, 9, 20_000).astype(float)
        bins = Bins.of(values)
        assert bins.middles == pytest.approx(np.arange(9.0))
        assert bins.weights == pytest.approx(np.bincount(values.astype(int)) / values.size)

    def test_a_rare_event_is_told_from_the_rest(self) -> None:
        values = np.zeros(30_000)
        values[[17, 20_000]] = 5.0
        assert np.array_equal(bin_codes(values, BINS), (values > 0.0).astype(int))

    def test_a_constant_is_one_bin(self) -> None:
        assert np.array_equal(bin_codes(np.full(500, 3.0), BINS), np.zeros(500))


def test_the_spline_is_smooth_inside_and_straight_beyond_its_outer_knots() -> None:
    knots = np.array([-2.0, -1.0, 0.5, 2.0])
    at = np.linspace(-5.0, 5.0, 2001)
    columns = natural_spline(at, knots)
    bend = np.diff(columns, n=2, axis=0) / (at[1] - at[0]) ** 2
    outside = (at[1:-1] < -2.01) | (at[1:-1] > 2.01)
    assert np.abs(bend[outside]).max() < 1e-6
    assert np.abs(np.diff(bend, axis=0)).max() < 0.05 < np.abs(bend).max()
    assert np.linalg.matrix_rank(columns) == knots.size


class TestLaws:
    """What every value of information obeys, whatever the decision."""

    @settings(max_examples=40, deadline=None)
    @given(st.integers(0, 10**6), st.integers(1, 4), st.integers(2, 600), st.booleans())
    def test_never_negative_and_never_above_perfect_information(self, seed: int, options: int, draws: int, independent: bool) -> None:
        x, noise = normals(3, draws, seed), normals(options, draws, seed + 1)
        values = np.random.default_rng(seed).normal(size=(options, 3)) @ x + noise
        inputs = dict(zip("abc", x, strict=True))
        highest = evpi(values).value
        linked = () if independent else None
        found = [*evppi(values, inputs, linked=linked).values(), evppi_together(values, inputs, ["a", "b", "c"], linked=linked)]
        for one in found:
            assert 0.0 <= one.value <= highest * (1.0 + 1e-12) + 1e-12
            assert one.error >= 0.0

    @pytest.mark.parametrize("linked", [None, ()])
    def test_what_all_options_share_and_their_order_change_nothing_and_money_scales(self, linked: tuple[()] | None) -> None:
        x = normals(3, 4000)
        values = np.array([x[0], 0.5 * x[1], 0.3 + x[2] * x[0]])
        inputs = dict(zip("abc", x, strict=True))

        def found(changed: Array, **more: Any) -> list[tuple[float, float]]:
            return [(one.value, one.error) for one in evppi(changed, inputs, linked=linked, **more).values()]

        plain = found(values)
        assert [value > 0.0 for value, _ in plain] == [True, True, False]
        assert found(values + 100.0 * np.exp(x[1])) == [pytest.approx(one, rel=1e-6) for one in plain]
        assert found(values[::-1]) == [pytest.approx(one, rel=1e-9) for one in plain]
        assert found(-values, most_is_best=True) == [pytest.approx(one, rel=1e-12) for one in plain]
        assert found(1000.0 * values) == [pytest.approx((1000.0 * one[0], 1000.0 * one[1]), rel=1e-9) for one in plain]

    def test_an_input_read_backwards_or_on_another_scale_tells_the_same(self) -> None:
        x = normals(2, 20_000)
        values = np.array([x[0] + x[1], 0.0 * x[0]])
        found = evppi(values, {"plain": x[0], "steep": np.exp(3.0 * x[0]), "back": -x[0]})
        assert found["steep"].value == pytest.approx(found["plain"].value, rel=0.005)
        assert found["back"].value == pytest.approx(found["plain"].value, rel=0.005)

    def test_one_option_leaves_nothing_to_find_out(self) -> None:
        x = normals(1, 1000)
        assert evpi(x) == Estimate(0.0, 0.0)
        assert evppi(x, {"x": x[0]}, linked=())["x"] == Estimate(0.0, 0.0)

    def test_too_few_draws_say_that_they_know_nothing(self) -> None:
        x = normals(2, 100)
        found = evppi(np.array([x[0], x[1]]), {"x": x[0]})["x"]
        assert (found.value, found.error) == (0.0, math.inf)


def market(seed: int, draws: int) -> tuple[Array, dict[str, Array]]:
    """Three options whose costs multiply volumes and prices, and an input that no option reads."""
    z = normals(5, draws, seed)
    volume, price = np.exp(0.5 * z[0]), np.exp(0.3 * z[1])
    values = np.array([10.0 * volume * price + 2.0 * z[2], 11.0 + 1.5 * z[3], 8.0 + 4.0 * volume + price])
    return values, {"volume": volume, "price": price, "work": z[2], "risk": z[3], "idle": z[4]}


class TestErrors:
    @pytest.mark.parametrize("linked", [None, ()])
    def test_the_error_is_the_spread_over_seeds_and_nothing_is_promised_too_much(self, linked: tuple[()] | None) -> None:
        truth = np.array([one.value for one in evppi(*market(10**6, 1_000_000), linked=linked).values()])
        runs = [list(evppi(*market(seed, 2000), linked=linked).values()) for seed in range(120)]
        values = np.array([[one.value for one in run] for run in runs])
        errors = np.array([[one.error for one in run] for run in runs])
        spread = values.std(axis=0)
        assert errors[:, :4].mean(axis=0) == pytest.approx(spread[:4], rel=0.25)
        assert np.all(values.mean(axis=0) <= truth + 4.0 * spread / math.sqrt(len(runs)) + 1e-3)
        assert np.all(values.mean(axis=0)[:4] >= truth[:4] - 4.0 * spread[:4] / math.sqrt(len(runs)) - 0.03 * truth[:4])

    def test_taking_out_what_independent_inputs_explain_makes_the_error_smaller(self) -> None:
        values, inputs = market(1, 20_000)
        plain, sharp = evppi(values, inputs), evppi(values, inputs, linked=())
        for name, less in (("price", 1.0), ("work", 0.75), ("risk", 0.75)):
            assert sharp[name].error < less * plain[name].error
            assert sharp[name].value == pytest.approx(plain[name].value, abs=4.0 * plain[name].error)

    def test_noise_is_not_taken_for_knowledge_where_plain_binning_takes_it(self) -> None:
        """Two options that are as good, and an input that says nothing of either: the mean of bin minima promises money."""
        honest, naive = list[float](), list[float]()
        for seed in range(60):
            x, a, b = normals(3, 2000, seed)
            honest.append(evppi(np.array([a, b]), {"x": x})["x"].value)
            means = np.array([(a - b)[part].mean() for part in np.array_split(np.argsort(x), 50)])
            naive.append(np.maximum(means, 0.0).mean() - max(float((a - b).mean()), 0.0))
        assert np.mean(naive) > 0.05
        assert np.mean(honest) < 0.25 * np.mean(naive)


class TestTogether:
    def test_an_input_that_moves_with_the_deciding_one_tells_of_it(self) -> None:
        """Benefit y, with x of correlation r: E[y | x] is normal with sd r."""
        z = sobol(3)
        x, y = z[0], 0.8 * z[0] + 0.6 * z[1]
        values = np.array([0.5 + y + z[2], np.zeros_like(y)])
        inputs = {"x": x, "y": y, "other": z[2]}
        for linked in (None, [("x", "y")]):
            found = evppi(values, inputs, linked=linked, most_is_best=True)
            assert found["x"].value == pytest.approx(loss(0.5, 0.8), rel=0.03)
            assert found["y"].value == pytest.approx(loss(0.5, 1.0), rel=0.02)
            assert found["other"].value == pytest.approx(loss(0.5, 1.0), rel=0.02)
        wrongly = evppi(values, inputs, linked=(), most_is_best=True)
        assert wrongly["x"].value < 0.5 * loss(0.5, 0.8)

    @pytest.mark.parametrize("linked", [None, ()])
    def test_two_inputs_that_only_together_say_anything(self, linked: tuple[()] | None) -> None:
        """Benefit x y + w of independent standard normals: x and y alone are worth nothing, both E|x y| / 2 = 1 / pi."""
        x, y, w = sobol(3)
        values = np.array([x * y + w, np.zeros_like(x)])
        inputs = {"x": x, "y": y, "w": w}
        assert evppi(values, inputs, linked=linked, most_is_best=True)["x"].value < 0.01
        assert evppi_together(values, inputs, ["x", "y"], linked=linked, most_is_best=True).value == pytest.approx(1 / math.pi, rel=0.02)

    def test_a_large_group_that_explains_all_is_perfect_information(self) -> None:
        z = normals(20, 8192)
        values = np.array([z[:10].sum(axis=0), z[10:].sum(axis=0) + z[0] * z[11], np.full(z.shape[1], 1.0)])
        inputs = {f"x{place}": row for place, row in enumerate(z)}
        found = evppi_together(values, inputs, list(inputs), linked=())
        assert found.value == pytest.approx(evpi(values).value, rel=0.03)
        half = evppi_together(values, inputs, [f"x{place}" for place in range(10)], linked=())
        assert 0.0 < half.value < found.value

    def test_a_group_of_one_is_that_input_and_more_members_tell_no_less(self) -> None:
        values, inputs = market(3, 30_000)
        alone = evppi(values, inputs, linked=())
        assert evppi_together(values, inputs, ["price"], linked=()) == alone["price"]
        pair = evppi_together(values, inputs, ["price", "volume"], linked=())
        assert pair.value >= max(alone["price"].value, alone["volume"].value) - 3.0 * pair.error


LAWS = {
    "price": "80 to 160 USD/month",
    "volume": "pert(1, 2, 4) person",
    "pay": "normal(230, 30) USD/month",
    "flat": "uniform(180, 290) USD/month",
}
FORMULAS = ("price * volume / quantity('1 person')", "pay", "flat")
MONTH = {"months": 1}


def futures(draws: int = 16_384, design: str = "sobol", **sections: Any) -> Futures:
    inputs = {name: f"{text}" for name, text in LAWS.items()}
    scenario = compared(FORMULAS, inputs=inputs, timeline=MONTH, **sections)
    return Futures(compile_scenario(scenario), draws=draws, seed=2, design=design)


class TestInformation:
    def test_nested_simulation_says_the_same(self) -> None:
        """A second route: fix the input at each of many quantiles, average over all other inputs, and choose anew each time."""
        held = futures()
        found = {one.name: one.evppi.value for one in information(held).inputs}
        levels = (np.arange(48) + 0.5) / 48
        for name in held.inputs:
            law: Any = held.model.leaves[name].content
            means = np.array([held.samples("npv_cost", {name: float(value)}).mean(axis=1) for value in law.ppf(levels)])
            nested = means.mean(axis=0).min() - means.min(axis=1).mean()
            assert found[name] == pytest.approx(nested, rel=0.02), name

    def test_largest_first_with_names_shares_and_where_the_choice_turns(self) -> None:
        found = information(futures())
        worths = [one.evppi.value for one in found.inputs]
        assert worths == sorted(worths, reverse=True)
        assert {one.name for one in found.inputs} == {f"inputs.{name}" for name in LAWS}
        assert found.knowable == found.evpi
        assert (found.figure, found.unit, found.is_money) == ("npv_cost", "USD", True)
        for one in found.inputs:
            assert one.share == pytest.approx(one.evppi.value / found.evpi.value)
            assert (one.changes.value == 0.0) == (one.instead == found.preferred)

    @pytest.mark.parametrize("figure", ["npv_cost", "total_cost", "cost_per_outcome", "net_value"])
    def test_each_deciding_figure_in_its_own_unit(self, figure: str) -> None:
        options = {"sure": formulas({"line": "a"}, success_share="70%"), "bold": formulas({"line": "b"}, success_share="50% to 90%")}
        scenario = make(
            options,
            decision={"decide_by": figure},
            inputs={"a": "10k to 20k USD/month", "b": "10k to 20k USD/month"},
            outcome={"unit": "case", "volume": "1k case/month", "value": "20 USD/case"},
        )
        held = Futures(compile_scenario(scenario), draws=2048)
        found = information(held)
        assert found.unit == ("USD/case" if figure == "cost_per_outcome" else "USD")
        assert found.is_money == (figure != "cost_per_outcome")
        samples = held.samples(figure)
        best = samples.max(axis=0).mean() - samples.mean(axis=1).max()
        least = samples.mean(axis=1).min() - samples.min(axis=0).mean()
        assert found.evpi.value == pytest.approx(best if figure == "net_value" else least)
        share = next(one for one in found.inputs if one.name.endswith("success_share"))
        assert (share.evppi.value > 0.0) == (figure in ("cost_per_outcome", "net_value"))

    def test_luck_cannot_be_found_out(self) -> None:
        incidents = {"fire": {"line": "incident_loss", "frequency": "1 event/year", "severity": "20k to 90k USD/event"}}
        options = {"safe": formulas({"line": "fee"}), "risky": {"risk": incidents}}
        held = Futures(compile_scenario(make(options, inputs={"fee": "2k to 8k USD/month"})), draws=4096)
        found = information(held)
        fee = found.inputs[0].evppi
        assert found.knowable.value == pytest.approx(fee.value, abs=2.0 * fee.error)
        assert found.knowable.value < found.evpi.value - 3.0 * found.evpi.error
        assert "luck" in information_sentences(found)[-1]

    def test_level_and_growth_of_one_quantity_are_a_group(self) -> None:
        model = compile_scenario(tco.load(SMALL))
        found = information(Futures(model, draws=512))
        assert [(one.name, one.members, one.label) for one in found.groups] == [
            ("inputs.cases", ("inputs.cases.start", "inputs.cases.growth"), "cases")
        ]
        own = information(Futures(model, draws=512), groups={"pay": ("inputs.cases.start", "timeline.inflation")})
        assert [one.members for one in own.groups] == [("inputs.cases.start", "timeline.inflation")]

    def test_correlated_inputs_are_not_taken_for_independent(self) -> None:
        correlations = [{"between": ["pay", "flat"], "rank": 0.9}]
        held = futures(correlations=correlations)
        found = {one.name: one.evppi for one in information(held).inputs}
        plain = evppi(held.samples("npv_cost"), held.inputs)
        for name, one in plain.items():
            assert found[name].value == pytest.approx(one.value, abs=2.0 * one.error), name

    def test_what_makes_no_sense_is_refused(self) -> None:
        held = futures(draws=256)
        with pytest.raises(tco.ScenarioError, match="not ranked by this figure"):
            information(held, figure="outcomes")
        with pytest.raises(tco.ScenarioError, match="not every option has the figure"):
            information(held, figure="net_value")
        with pytest.raises(tco.ScenarioError, match=r"no uncertain input 'inputs\.prise'(.|\n)*inputs\.price"):
            information(held, groups={"all": ("inputs.prise",)})
        with pytest.raises(tco.ScenarioError, match="no uncertain input"):
            pilot(held, "inputs.nothing", YesOrNo())


def test_names_as_people_say_them() -> None:
    model = compile_scenario(tco.load(SMALL))
    said = {
        "inputs.cases": "cases",
        "inputs.cases.start": "cases at the start",
        "inputs.cases.growth": "growth of cases",
        "inputs.price_index.2027-06": "price index from 2027-06",
        "timeline.inflation": "inflation",
        "demand.live.cached_share": "cached share of live",
        "options.hosted.success_share": "success share, hosted",
        "options.managed.labour.unsolved.handling_minutes": "handling minutes of unsolved, managed",
        "options.managed.token.api.input_price.growth": "growth of input price of api, managed",
    }
    assert {name: input_label(model, name).lower() for name in said} == said


def test_parts_of_one_quantity() -> None:
    names = ["inputs.a.start", "inputs.a.growth", "inputs.b.growth", "inputs.c.2027-01", "inputs.c.2028-01", "options.x.start_fee"]
    assert parts_of_one_quantity(names) == {
        "inputs.a": ("inputs.a.start", "inputs.a.growth"),
        "inputs.c": ("inputs.c.2027-01", "inputs.c.2028-01"),
    }


def share_study(study: Study, low: float = 0.4, draws: int = 8192) -> Pilot:
    """A choice that turns where an input, uniform from `low` to `low` + 0.5, exceeds 0.65."""
    x = low + 0.5 * stats.norm.cdf(sobol(1, int(math.log2(draws)))[0])
    values = np.array([10_000.0 * (x - 0.65), np.zeros_like(x)])
    return Pilot(Knowledge(Choice.of(values, most_is_best=True), {"x": x}), "x", study)


STUDIES: tuple[Study, ...] = (YesOrNo(), EventCount(2.0), Reading(0.3), RatioReading(0.5))


class TestPilot:
    @pytest.mark.parametrize("study", STUDIES, ids=lambda study: type(study).__name__)
    def test_nothing_for_nothing_and_everything_in_the_end(self, study: Study) -> None:
        found = share_study(study)
        assert found.worth(0).evsi == Estimate(0.0, 0.0)
        assert found.worth(10**7).evsi.value == pytest.approx(found.evppi.value, rel=0.001)
        assert found.evppi.value == pytest.approx(10_000 * 0.25 * 0.25, rel=0.01)

    @pytest.mark.parametrize("study", STUDIES, ids=lambda study: type(study).__name__)
    @settings(max_examples=25, deadline=None)
    @given(st.integers(0, 3000), st.integers(1, 3000))
    def test_more_samples_are_never_worth_less(self, study: Study, samples: int, more: int) -> None:
        found = share_study(study)
        fewer, larger = found.worth(samples).evsi, found.worth(samples + more).evsi
        assert 0.0 <= fewer.value <= larger.value + 2e-4 * found.evppi.value
        assert larger.value <= found.evppi.value * (1.0 + 1e-12)

    @pytest.mark.parametrize("study", STUDIES, ids=lambda study: type(study).__name__)
    @given(st.integers(0, 10**6))
    @settings(max_examples=25, deadline=None)
    def test_the_outcomes_of_a_study_have_probabilities(self, study: Study, samples: int) -> None:
        found = study.likelihood(np.linspace(0.02, 0.98, 40), samples)
        assert np.all(found >= -1e-12)
        assert found.sum(axis=0) == pytest.approx(np.ones(40))

    def test_two_short_watches_are_one_long_one(self) -> None:
        levels = np.linspace(0.1, 3.0, 30)
        assert EventCount(1.0).likelihood(levels, 6) == pytest.approx(EventCount(3.0).likelihood(levels, 2))

    def test_the_best_size_is_that_of_trying_all(self) -> None:
        found = share_study(YesOrNo())
        tried = [found.worth(samples, price=1.5, fixed=50.0) for samples in range(400)]
        best = max(tried, key=lambda one: one.net.value)
        chosen = found.best(price=1.5, fixed=50.0)
        assert 20 < best.samples < 399
        assert chosen.net.value == pytest.approx(best.net.value, rel=0.002)
        assert chosen.cost == 50.0 + 1.5 * chosen.samples
        assert chosen.net.value == pytest.approx(chosen.evsi.value - chosen.cost)

    @pytest.mark.parametrize(("price", "fixed"), [(1000.0, 0.0), (0.1, 10_000.0)])
    def test_a_study_that_never_pays_is_not_made(self, price: float, fixed: float) -> None:
        found = share_study(YesOrNo()).best(price=price, fixed=fixed)
        assert (found.samples, found.cost, found.net.value) == (0, 0.0, 0.0)

    def test_only_what_a_study_can_measure(self) -> None:
        with pytest.raises(tco.ScenarioError, match="between 0 and 1"):
            share_study(YesOrNo(), low=0.6).worth(5)
        with pytest.raises(tco.ScenarioError, match="above 0"):
            share_study(RatioReading(0.5), low=-0.2).worth(5)
        with pytest.raises(tco.ScenarioError, match="0 or more"):
            share_study(EventCount(), low=-0.2).worth(5)
        with pytest.raises(tco.ScenarioError, match="without error"):
            share_study(Reading(0.0)).worth(5)
        with pytest.raises(tco.ScenarioError, match="price above 0"):
            share_study(YesOrNo()).best(price=0.0)

    def test_of_a_model(self) -> None:
        found = pilot(futures(), "inputs.pay", Reading(30.0))
        assert 0.0 < found.worth(1).evsi.value < found.worth(5).evsi.value < found.evppi.value


def test_worth_finding_out() -> None:
    value = Estimate(41_000.0, 1_000.0)
    cheap, near, dear = (worth_finding_out(value, cost) for cost in (10_000.0, 40_500.0, 60_000.0))
    assert (cheap.net, cheap.pays, cheap.clear) == (Estimate(31_000.0, 1_000.0), True, True)
    assert (near.pays, near.clear) == (True, False)
    assert (dear.pays, dear.clear) == (False, True)


def printed(found: Information) -> str:
    console = Console(width=200, no_color=True, record=True, file=None, quiet=True)
    console.quiet = False
    with console.capture() as captured:
        print_information(found, console)
    return captured.get()


class TestTable:
    def test_the_first_sentence_names_the_input_its_worth_and_the_turn(self) -> None:
        found = information(futures())
        first = information_sentences(found)[0]
        assert first.startswith("Measure the ")
        assert found.inputs[0].label in first
        assert "worth up to" in first
        assert found.options[found.inputs[0].instead] in first
        text = printed(found)
        assert first.split(";")[0] in text
        assert all(one.label in text for one in found.inputs if one.evppi.value > 0.0)

    def test_nothing_to_find_out(self) -> None:
        scenario = compared(["a", "a + quantity('1 USD/month')"], inputs={"a": "1 to 5 USD/month"}, timeline=MONTH)
        found = information(Futures(compile_scenario(scenario), draws=256))
        assert found.evpi.value == 0.0
        assert information_sentences(found) == (
            "option 0 is best in every future: nothing that could be found out would change the choice.",
        )
        assert "Worth of knowing" not in printed(found)

    def test_a_single_option(self) -> None:
        found = information(Futures(compile_scenario(compared(["a"], inputs={"a": "1 to 5 USD/month"}, timeline=MONTH)), draws=256))
        assert len(information_sentences(found)) == 1
        assert found.evpi.value == 0.0

    def test_data_holds_every_figure_as_json(self) -> None:
        found = information(futures(draws=1024))
        data = json.loads(json_text(information_data(found)))
        assert data["evpi"] == {"value": found.evpi.value, "error": found.evpi.error}
        assert [row["name"] for row in data["inputs"]] == [one.name for one in found.inputs]
        assert data["sentences"] == list(information_sentences(found))
