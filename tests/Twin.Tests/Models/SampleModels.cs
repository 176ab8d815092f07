using DToC.Twin.Models;
using DToC.Twin.Models.Affinity;
using DToC.Twin.Models.Calibration;
using DToC.Twin.Models.Frustration;
using DToC.Twin.Models.Linear;
using DToC.Twin.Models.Pricing;
using DToC.Twin.Models.Satisfaction;
using DToC.Twin.Models.Transitions;
using DToC.Twin.Models.Trees;
using DToC.Twin.Tests.Models.CustomerBase;
using DToC.Twin.Tests.Models.Transitions;
using DToC.Twin.Tests.Models.Trees;

namespace DToC.Twin.Tests.Models;

/// <summary>A model of each kind and output, for the battery; with vectors it is meant for.</summary>
internal static class SampleModels
{
    public static IReadOnlyDictionary<string, SampleModel> All { get; } =
        Own.Concat(CustomerBaseSamples.All).ToDictionary();

    private static IEnumerable<KeyValuePair<string, SampleModel>> Own => new Dictionary<string, SampleModel>
    {
        ["logistic"] = new(
            new Logistic(
                -1, [new("visits", 2, 10, 4), new("age", -0.5), new("calls", 1, 5, WhenMissing: 8)],
                [0.2, 0, 0, 0.01, 0, 0.1, 0, 0, 0, 0, 0.1, 0, 0.01, 0, 0, 0.1]),
            [12, 1, 6], [8, 0, 5], [3, 2, double.NaN]),
        ["logistic without covariance"] = new(new Logistic(0.5, [new("visits", 2)]), [1], [-2]),
        ["linear"] = new(new LinearModel(["a", "b"], [1], [2, -3], [5, 0]), [1, 2], [double.NaN, 4]),
        ["linear of a class"] = new(
            new LinearModel(["a", "b"], [1, 0, -1], [2, -3, 0.5, 1, 0, 0.1], [], MarginLink.Softmax, 1),
            [0.3, 0.2], [1, -1]),
        ["linear of a logarithm"] = new(new LinearModel(["a"], [1], [0.5], [1], MarginLink.Exp), [2], [3]),
        ["linear of a probability"] = new(new LinearModel(["a"], [1], [-2], [], MarginLink.Sigmoid), [1], [2]),
        ["calibrated by isotonic regression"] = new(
            new Calibrated(
                new Logistic(0.5, [new("visits", 2), new("age", -0.5)], [0.1, 0, 0, 0, 0.1, 0, 0, 0, 0.1]),
                new IsotonicMap([new(0.1, 0.02, 80), new(0.4, 0.3, 50), new(0.41, 0.9, 40), new(0.9, 0.95, 60)])),
            [1, 3], [-2, 0.5], [0.5, 2], [0, 0]),
        ["calibrated by Platt scaling"] = new(
            new Calibrated(
                new Logistic(0.5, [new("visits", 2)]), new PlattMap(1.5, -0.2, isOfLogOdds: true, [0.1, 0.02, 0.05])),
            [1], [-2], [0.3]),
        ["calibrated without uncertainty"] = new(
            new Calibrated(new Logistic(0.5, [new("visits", 2)]), new PlattMap(3, -1, isOfLogOdds: false)), [1], [-2]),
        ["uncertain"] = new(
            new Uncertain(
                new Logistic(0.5, [new("visits", 2)]),
                new TreeEnsemble(
                    ["visits"],
                    [new DecisionTree([new(0, SplitTest.AtMost, 0, ~0, ~1)], [new(-1, 5), new(-2, 9)])],
                    new TreeOutput { Link = MarginLink.Exp })),
            [1], [-2], [0.3]),
        ["trees"] = SampleTrees.Of(TreeOutput.Sum),
        ["trees in 32 bits"] = SampleTrees.Of(new() { Precision = TreePrecision.Single, Start = [0.5] }),
        ["trees of a probability"] = SampleTrees.Of(TreeOutput.Probability with { Factor = 0.7 }),
        ["trees of a class"] = SampleTrees.Of(new() { Count = 3, Chosen = 2, Link = MarginLink.Softmax }),
        ["trees of a logarithm"] = SampleTrees.Of(new() { Link = MarginLink.Exp, Start = [-1] }),
        ["price sensitivity"] = new(
            new PriceSensitivity(["n", "x", "xx", "y", "xy"], [3, -2], [1, 0.1, 0.1, 0.25], 0.1),
            [3, 2.1, 1.7, -3, -2.4], [0, 0, 0, 0, 0], [1, 1, 1, 0.5, 0.5]),
        ["price sensitivity of a fitted population"] = new(
            new PriceSensitivity(
                ["n", "x", "xx", "y", "xy"], [3, -2], [1, 0.1, 0.1, 0.25], 0.1, [0.01, 0.002, 0.002, 0.003]),
            [3, 2.1, 1.7, -3, -2.4], [0, 0, 0, 0, 0], [1, 1, 1, 0.5, 0.5]),
        ["price sensitivity with a covariate"] = new(
            new PriceSensitivity(
                ["n", "x", "d", "xx", "xd", "dd", "y", "xy", "dy"], [3, -2, 1], [1, 0, 0, 0, 1, 0, 0, 0, 1], 0.1),
            [2, 1, 0.5, 0.6, 0.3, 0.2, 4, 2.2, 1]),
        ["promotion response"] = new(
            new PromotionResponse(["discount_share"], 1.8, 0.3, 4, [0.04, 0.005, 0.005, 0.02], 0.3, 1.06),
            [0.1], [0], [double.NaN]),
        ["promotion response without a pull-forward"] = new(
            new PromotionResponse(["discount_share"], 0.4, null, 4, [0.04], 0.2, 1), [0.1]),
        ["satisfaction"] = new(
            new SatisfactionModel(["mean", "variance", "days"], Satisfaction(reversion: 0.01)),
            [0.6, 0.05, 30], [-0.4, 0.02, 0], [double.NaN, double.NaN, double.NaN]),
        ["satisfaction without reversion"] = new(
            new SatisfactionModel(["mean", "variance", "days"], Satisfaction(reversion: 0)), [0.6, 0.05, 30]),
        ["frustration"] = new(
            new FrustrationModel(new("", 2, 100), [new("failedPayments", 4, 10), new("waitingMinutes", 3, 90)]),
            [2, 15], [0, 0], [double.NaN, 4]),
        ["affinity"] = new(
            Affinity(null), [4, NameCode.Of("tea"), 3.5, NameCode.Of("milk"), 1], [0, double.NaN, double.NaN, 0, 0]),
        ["affinity to one product"] = new(
            Affinity("tea"), [4, NameCode.Of("tea"), 3.5, NameCode.Of("milk"), 1], [9, NameCode.Of("milk"), 9, 1, 1]),
        ["next event"] = SampleTransitions.Of(TransitionSubject.Events, "Bought"),
        ["next stage"] = SampleTransitions.Of(TransitionSubject.Stages, null),
    };

    private static AffinityModel Affinity(string? token) => new(
        ["b.baskets", "b.token1", "b.count1", "b.token2", "b.count2"],
        [new("milk", 0.4), new("tea", 0.01), new("bread", 0.3)], strength: 3, token);

    private static SatisfactionFilter Satisfaction(double reversion) => new(
        0.2, 0.2, 0.002, reversion, [new(5, 5, 4), new(3, 2, 0.5), new(3.2, 1.8, 0.6), new(0.1, 0.8, 0.1)]);
}

/// <summary>A model and vectors it is meant for.</summary>
internal sealed record SampleModel(PredictiveModel Model, params double[][] Vectors);
