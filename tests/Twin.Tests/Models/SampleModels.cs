using DToC.Twin.Models;
using DToC.Twin.Models.Pricing;

namespace DToC.Twin.Tests.Models;

/// <summary>A model of each kind and output, for the battery; with vectors it is meant for.</summary>
internal static class SampleModels
{
    public static IReadOnlyDictionary<string, SampleModel> All { get; } = new Dictionary<string, SampleModel>
    {
        ["logistic"] = new(
            new Logistic(
                -1, [new("visits", 2, 10, 4), new("age", -0.5), new("calls", 1, 5, WhenMissing: 8)],
                [0.2, 0, 0, 0.01, 0, 0.1, 0, 0, 0, 0, 0.1, 0, 0.01, 0, 0, 0.1]),
            [12, 1, 6], [8, 0, 5], [3, 2, double.NaN]),
        ["logistic without covariance"] = new(new Logistic(0.5, [new("visits", 2)]), [1], [-2]),
        ["price sensitivity"] = new(
            new PriceSensitivity(["n", "x", "xx", "y", "xy"], [3, -2], [1, 0.1, 0.1, 0.25], 0.1),
            [3, 2.1, 1.7, -3, -2.4], [0, 0, 0, 0, 0], [1, 1, 1, 0.5, 0.5]),
        ["price sensitivity with a covariate"] = new(
            new PriceSensitivity(
                ["n", "x", "d", "xx", "xd", "dd", "y", "xy", "dy"], [3, -2, 1], [1, 0, 0, 0, 1, 0, 0, 0, 1], 0.1),
            [2, 1, 0.5, 0.6, 0.3, 0.2, 4, 2.2, 1]),
    };
}

/// <summary>A model and vectors it is meant for.</summary>
internal sealed record SampleModel(PredictiveModel Model, params double[][] Vectors);
