using DToC.Twin.Definitions;
using DToC.Twin.Features;
using DToC.Twin.Models;
using DToC.Twin.Plan;

namespace DToC.Twin.Tests.Predictions;

public class PredictorTests
{
    private static readonly double[] Inputs = [4, 20];

    private readonly Vectors _known = Shop.Of(Shop.Plan, orders: 4, seen: 2, last: 20);

    [Fact]
    public void Fitted_model_speaks_with_its_interval_and_reasons()
    {
        var churn = Shop.Explained(_known, "churn");
        Assert.Equal(Shop.Churn.Model.Score(Inputs), churn.Value);
        var interval = Assert.NotNull(churn.Interval);
        var drawnAnew = Assert.NotNull(Shop.Churn.Model.IntervalOf(Inputs, 0.9));
        Assert.Equal(drawnAnew.Low, interval.Low, 0.05);
        Assert.Equal(drawnAnew.High, interval.High, 0.05);
        Assert.Equal(["orders", "last"], churn.Reasons.Select(r => r.Name));
        Assert.Equal(4, churn.Reasons[0].Value);
        Assert.Equal(churn.Value, Logistic.Sigmoid(churn.Baseline + churn.Reasons.Sum(r => r.Contribution)), 1e-12);
        Assert.False(churn.IsThin);
        Assert.Empty(churn.Outside);
    }

    [Fact]
    public void Inputs_outside_of_what_was_seen_and_missing_ones_are_told()
    {
        var churn = Shop.Explained(Shop.Of(Shop.Plan, orders: 0, seen: 2, last: double.NaN), "churn");
        Assert.Equal("orders", Assert.Single(churn.Outside));
        Assert.Equal("last", Assert.Single(churn.Missing));
    }

    [Fact]
    public void Formula_is_as_sure_as_the_scores_in_it()
    {
        var churn = Shop.Explained(_known, "churn");
        var value = Shop.Explained(_known, "value");
        Assert.Equal(40 * (1 - churn.Value), value.Value, 1e-12);
        var (interval, of) = (Assert.NotNull(value.Interval), Assert.NotNull(churn.Interval));
        Assert.Equal(40 * (of.High - of.Low), interval.High - interval.Low, 1e-9); // the same draws
        Assert.InRange(value.Value, interval.Low, interval.High);
    }

    [Fact]
    public void Formula_is_compared_with_one_of_whom_nothing_is_known()
    {
        var value = Shop.Explained(_known, "value");
        Assert.Equal(0, value.Baseline); // without orders
        Assert.Equal(["orders", "churn"], value.Reasons.Select(r => r.Name));
        Assert.Equal(value.Value, value.Reasons.Sum(r => r.Contribution), 1e-9);
    }

    [Fact]
    public void Formula_over_purchases_to_come_is_compared_with_one_who_is_new()
    {
        var plan = Shop.Compile(PlanSource.Read(ShippedDefinitions.Find("retail")!.Value));
        var vectors = new Vectors(plan);
        vectors.Numbers.AsSpan().Fill(double.NaN);
        vectors.Lawful.AsSpan().Fill(ulong.MaxValue);
        Span<double> purchase = [3, 20, 26, 40];
        var first = Array.FindIndex(plan.Vector.NumberNames, n => n.StartsWith("purchase.", StringComparison.Ordinal));
        purchase.CopyTo(vectors.Numbers.AsSpan(first));
        Scorer.ScoreAll(vectors);

        var (orders, value) = (Shop.Explained(vectors, "expected_orders"), Shop.Explained(vectors, "order_value"));
        var lifetime = Shop.Explained(vectors, "lifetime_value");
        Assert.True(orders.Value > 0 && value.Value > 0);
        Assert.Equal(orders.Baseline * value.Baseline, lifetime.Baseline, 1e-9);
        Assert.Equal(["expected_orders", "order_value"], lifetime.Reasons.Select(r => r.Name).Order());
        Assert.Equal(lifetime.Value, lifetime.Baseline + lifetime.Reasons.Sum(r => r.Contribution), 1e-9);
    }

    [Fact]
    public void Prior_gives_way_as_evidence_comes()
    {
        var own = Logistic.Sigmoid(1 + 0.5 * 2);
        foreach (var orders in (double[])[0, 1, 4, 400])
        {
            var loyal = Shop.Explained(Shop.Of(Shop.Plan, orders, seen: 2, last: 1), "loyal");
            var share = orders / (orders + 4);
            Assert.Equal(share * own + (1 - share) * 0.2, loyal.Value, 1e-12);
            Assert.Equal((share, 0.2, orders < 4), (loyal.OwnShare, loyal.Believed, loyal.IsThin));
        }
    }

    [Fact]
    public void Little_evidence_widens_the_interval()
    {
        double Width(double orders)
        {
            var interval = Assert.NotNull(Shop.Explained(Shop.Of(Shop.Plan, orders, 2, 1), "loyal").Interval);
            return interval.High - interval.Low;
        }

        Assert.True(Width(0) > Width(2) && Width(2) > Width(20) && Width(20) > Width(200));
    }

    [Fact]
    public void Group_has_a_prior_of_its_own() => Assert.Equal(
        0.9, Shop.Explained(Shop.Of(Shop.Plan, 0, 2, double.NaN, tier: "gold"), "loyal").Believed);

    [Fact]
    public void Model_that_is_still_to_be_fitted_says_what_is_believed()
    {
        var later = Shop.Explained(_known, "later");
        Assert.Equal(30, later.Value);
        Assert.True(later.Interval is { Low: > 0, High: > 30 });
        // There are orders to count, but no score of its own that they could speak for.
        Assert.Equal((0, true), (later.OwnShare, later.IsThin));
        Assert.True(double.IsNaN(Shop.Explained(Shop.Of(Shop.WithoutFitted, 4, 2, 20), "churn").Value));
    }

    [Fact]
    public void Fitted_model_changes_the_versions_and_what_a_turn_reads()
    {
        Assert.NotEqual(Shop.Plan.Hash, Shop.WithoutFitted.Hash);
        Assert.NotEqual(Shop.Plan.ModelsHash, Shop.WithoutFitted.ModelsHash);
        Assert.NotEqual(Shop.Plan.Models[0].Version, Shop.WithoutFitted.Models[0].Version);
        Assert.Equal(Shop.Plan.Models[2].Version, Shop.WithoutFitted.Models[2].Version);
        Assert.Equal([0, 2], Shop.Plan.FeaturesOfTurn); // of the segment's churn
        Assert.Empty(Shop.WithoutFitted.FeaturesOfTurn);
        Assert.Equal(1UL, Shop.Plan.Models[0].Categories);
    }

    [Fact]
    public void Fitted_model_that_reads_what_is_not_there_is_refused_by_name()
    {
        var strange = ModelFile.Of(new Logistic(0, [new("mood", 1)])).ToBytes();
        var invalid = Assert.IsType<PlanCompilation.Invalid>(
            TwinPlan.Load(Shop.Source.With("churn", strange), "shop.jsonc"));
        Assert.Contains("'mood'", Assert.Single(invalid.Errors).Message);
        invalid = Assert.IsType<PlanCompilation.Invalid>(
            TwinPlan.Load(Shop.Source.With("nobody", Shop.Churn.ToBytes()), "shop.jsonc"));
        Assert.Contains("'nobody'", Assert.Single(invalid.Errors).Message);
        invalid = Assert.IsType<PlanCompilation.Invalid>(
            TwinPlan.Load(Shop.Source.With("churn", "{}"u8.ToArray()), "shop.jsonc"));
        Assert.Contains("'format' is missing", Assert.Single(invalid.Errors).Message);
    }

    [Fact]
    public void Scoring_with_priors_allocates_nothing() => Allocation.IsNone(() => Scorer.ScoreAll(_known));
}
