using DToC.Learn.Measures;
using DToC.Learn.Propensity;
using DToC.Learn.Trees;
using DToC.Twin.Draws;
using DToC.Twin.Models;
using DToC.Twin.Models.Trees;

namespace DToC.Learn.Tests.Trees;

public class BoostedTreesTests
{
    private static readonly BoostingOptions Plain = new()
    {
        RowShare = 1, ColumnShare = 1, Folds = 0, MinLeafRows = 1, MinChildWeight = 0, LearningRate = 0.5,
    };

    [Fact]
    public void One_split_is_where_the_loss_falls_most_and_its_leaves_are_newtons_steps()
    {
        var table = new TrainingTable(6).AddNumbers("x", [1, 2, 3, 4, 5, 6]);
        var options = Plain with { MaxTrees = 1, MaxLeaves = 2, Loss = BoostingLoss.Squared };
        var model = BoostedTrees.Fit(table, [0, 0, 0, 0, 9, 9], options).Model;
        // Mean 3; left of 4.5 the gradients are 3 each: -0.5 * 12 / (4 + 1); right -6 each: 0.5 * 12 / (2 + 1).
        Assert.Equal(3 - 1.2, model.Score([4.5]), 1e-12);
        Assert.Equal(3 + 2, model.Score([4.500001]), 1e-12);
        Assert.Equal([4, 2], model.Trees[0].Leaves.Select(leaf => leaf.Cover));
        // What training never saw missing goes with the more rows.
        Assert.Equal(3 - 1.2, model.Score([double.NaN]), 1e-12);
    }

    [Fact]
    public void Missing_goes_where_its_rows_belong()
    {
        double[] values = [1, 2, double.NaN, 3, 4, double.NaN, 5, double.NaN];
        double[] outcomes = [0, 0, 1, 0, 0, 1, 1, 1];
        var model = BoostedTrees.Fit(
            new TrainingTable(8).AddNumbers("x", values), outcomes, Plain with { MaxTrees = 20, MaxDepth = 1 }).Model;
        Assert.True(model.Score([double.NaN]) > 0.8 && model.Score([5]) > 0.8 && model.Score([2]) < 0.2);
        double[] low = [1, 0, 1, 0, 0, 1, 0, 1];
        var other = BoostedTrees.Fit(
            new TrainingTable(8).AddNumbers("x", values), low, Plain with { MaxTrees = 20, MaxDepth = 1 }).Model;
        Assert.True(other.Score([double.NaN]) > 0.8 && other.Score([1]) > 0.8 && other.Score([4]) < 0.2);
        // Missing against all others: a split after the last value.
        double[] only = [0, 0, 1, 0, 0, 1, 0, 1];
        var third = BoostedTrees.Fit(
            new TrainingTable(8).AddNumbers("x", values), only, Plain with { MaxTrees = 20, MaxDepth = 1 }).Model;
        Assert.True(third.Score([double.NaN]) > 0.8 && third.Score([1e300]) < 0.2);
    }

    [Theory]
    [InlineData(256)]
    [InlineData(9)]
    public void Leaves_are_newtons_steps_from_where_the_model_stood(int bins)
    {
        var (table, targets) = Circles(600, 2);
        var options = Plain with { MaxTrees = 40, Bins = bins };
        var scores = table.Scores(BoostedTrees.Fit(table, targets, options).Model);
        var next = BoostedTrees.Fit(table, targets, options with { MaxTrees = 41 }).Model.Trees[^1];
        var (slopes, curvatures) = (new double[next.Leaves.Length], new double[next.Leaves.Length]);
        var alone = new TreeEnsemble(table.Names, [next], TreeOutput.Sum);
        var (inputs, leaf) = (new double[2], new int[1]);
        for (var row = 0; row < table.Rows; row++)
        {
            table.Row(row, inputs);
            alone.Leaves(inputs, leaf);
            slopes[leaf[0]] += scores[row] - targets[row];
            curvatures[leaf[0]] += scores[row] * (1 - scores[row]);
        }
        for (var l = 0; l < slopes.Length; l++)
            Assert.Equal(-0.5 * slopes[l] / (curvatures[l] + 1), next.Leaves[l].Value, 1e-9);
    }

    [Fact]
    public void What_no_line_divides_is_learnt_and_stopped_before_it_is_learnt_by_heart()
    {
        var (table, targets) = Circles(3_000, 3);
        var (later, outcomes) = Circles(3_000, 4);
        var stopped = BoostedTrees.Fit(table, targets, new BoostingOptions { LearningRate = 0.3 });
        var longer = BoostedTrees.Fit(table, targets, new BoostingOptions
        {
            LearningRate = 0.3, Folds = 0, MaxTrees = 20 * stopped.Model.Trees.Count,
        });
        Assert.InRange(Ranking.Auc(later.Scores(stopped.Model), outcomes), 0.84, 0.96);
        Assert.True(Losses.LogLoss(later.Scores(stopped.Model), outcomes)
            < Losses.LogLoss(later.Scores(longer.Model), outcomes) - 0.02);
        Assert.Equal(stopped.HeldOutLosses.Min(), stopped.HeldOutLosses[stopped.Model.Trees.Count]);
        Assert.Equal(Losses.LogLoss([.. stopped.HeldOutScores], targets), stopped.HeldOutLosses.Min(), 1e-9);
        Assert.InRange(LogisticAuc(table, targets, later, outcomes), 0.4, 0.6);
    }

    // Each customer is there as of four moments with the same inputs and the same outcome, which a coin has thrown:
    // what trees remember of one moment is no skill at another.
    [Fact]
    public void Rows_of_one_customer_do_not_vouch_for_each_other()
    {
        const int customers = 300;
        var random = new Xoshiro256(8);
        double[] inputs = [.. Enumerable.Range(0, customers).Select(_ => random.NextUnit())];
        double[] coins = [.. Enumerable.Range(0, customers).Select(_ => random.NextUnit() < 0.5 ? 1.0 : 0)];
        int[] whose = [.. Enumerable.Range(0, 4 * customers).Select(row => row % customers)];
        var table = new TrainingTable(whose.Length).AddNumbers("x", [.. whose.Select(who => inputs[who])]);
        double[] outcomes = [.. whose.Select(who => coins[who])];
        var options = new BoostingOptions { LearningRate = 0.2, MaxTrees = 60, MinLeafRows = 4, ColumnShare = 1 };
        Assert.InRange(BoostedTrees.Fit(table, outcomes, options).Model.Trees.Count, 30, 60);
        Assert.InRange(BoostedTrees.Fit(table, outcomes, options, whose).Model.Trees.Count, 0, 5);
    }

    [Fact]
    public void Growing_ends_when_it_is_stopped()
    {
        var (table, targets) = Circles(400, 7);
        using var stopping = new CancellationTokenSource();
        stopping.Cancel();
        Assert.Throws<OperationCanceledException>(() =>
        {
            BoostedTrees.Fit(table, targets, new BoostingOptions(), cancellation: stopping.Token);
        });
        var options = new BoostingOptions { MaxTrees = 5, Folds = 0 };
        var boosted = BoostedTrees.Fit(table, targets, options);
        Assert.Throws<OperationCanceledException>(() =>
        {
            SpreadFit.Of(table, boosted, options, stopping.Token);
        });
    }

    [Fact]
    public void Same_seed_gives_the_same_bytes_and_another_seed_others()
    {
        var (table, targets) = Circles(400, 5);
        var first = Stored(1);
        Assert.Equal(first, Stored(1));
        Assert.NotEqual(first, Stored(2));

        byte[] Stored(ulong seed)
        {
            var options = new BoostingOptions { Seed = seed, MaxTrees = 30 };
            var boosted = BoostedTrees.Fit(table, targets, options);
            return ModelFile.Of(SpreadFit.Of(table, boosted, options)).ToBytes();
        }
    }

    [Fact]
    public void Limits_on_leaves_depth_and_rows_hold()
    {
        var (table, targets) = Circles(800, 6);
        var options = Plain with { MaxTrees = 10, MaxLeaves = 6, MaxDepth = 4, MinLeafRows = 30 };
        foreach (var tree in BoostedTrees.Fit(table, targets, options).Model.Trees)
        {
            Assert.InRange(tree.Leaves.Length, 2, 6);
            Assert.InRange(tree.Depth, 1, 4);
            Assert.All(tree.Leaves, leaf => Assert.True(leaf.Cover >= 30));
        }
    }

    [Fact]
    public void Rows_that_tell_nothing_give_the_base_rate()
    {
        var table = new TrainingTable(100).AddNumbers("constant", new double[100])
            .AddNumbers("empty", [.. Enumerable.Repeat(double.NaN, 100)]);
        var model = BoostedTrees.Fit(
            table, [.. Enumerable.Range(0, 100).Select(i => i < 30 ? 1.0 : 0)], Plain with { Folds = 4 }).Model;
        Assert.Empty(model.Trees);
        Assert.Equal(0.3, model.Score([0, 0]), 1e-9);
        var sure = BoostedTrees.Fit(table, [.. Enumerable.Repeat(1.0, 100)], Plain).Model;
        Assert.InRange(sure.Score([0, 0]), 0.999, 1);
    }

    [Fact]
    public void Interval_of_a_value_is_wider_where_rows_are_few()
    {
        var random = new Xoshiro256(7);
        double[] x = [.. Enumerable.Range(0, 2_000).Select(_ => random.Normal())];
        double[] y = [.. x.Select(value => Math.Sin(2 * value) + 0.3 * random.Normal())];
        var table = new TrainingTable(2_000).AddNumbers("x", x);
        var options = new BoostingOptions { Loss = BoostingLoss.Squared };
        var model = SpreadFit.Of(table, BoostedTrees.Fit(table, y, options), options);
        Assert.Equal(Math.Sin(1), model.Score([0.5]), 0.12);
        Assert.True(Width(2.8) > 1.2 * Width(0.2), $"{Width(2.8)} {Width(0.2)}");

        double Width(double at) =>
            model.IntervalOf([at], 0.9) is var (low, high, _) ? high - low : double.NaN;
    }

    [Fact]
    public void Options_and_targets_that_are_wrong_are_refused_by_name()
    {
        var table = new TrainingTable(2).AddNumbers("x", [1, 2]);
        var refusal = Assert.Throws<ArgumentException>(
            () => BoostedTrees.Fit(table, [0, 1], new BoostingOptions { Bins = 1_000 }));
        Assert.Contains("Bins is 1000", refusal.Message);
        Assert.Throws<ArgumentException>(() => BoostedTrees.Fit(table, [0, 2], new BoostingOptions()));
        Assert.Throws<ArgumentException>(
            () => BoostedTrees.Fit(table, [0, double.NaN], new BoostingOptions { Loss = BoostingLoss.Squared }));
    }

    private static double LogisticAuc(
        TrainingTable table, double[] targets, TrainingTable later, double[] outcomes) =>
        Ranking.Auc(later.Scores(LogisticFit.Of(table, targets)), outcomes);

    // True more often within a ring, whatever the side.
    private static (TrainingTable Table, double[] Targets) Circles(int rows, ulong seed)
    {
        var random = new Xoshiro256(seed);
        var (x, y, targets) = (new double[rows], new double[rows], new double[rows]);
        for (var i = 0; i < rows; i++)
        {
            (x[i], y[i]) = (random.Normal(), random.Normal());
            targets[i] = random.NextUnit() < Logistic.Sigmoid(4 - 3 * (x[i] * x[i] + y[i] * y[i])) ? 1 : 0;
        }
        return (new TrainingTable(rows).AddNumbers("x", x).AddNumbers("y", y), targets);
    }
}
