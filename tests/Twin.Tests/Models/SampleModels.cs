using DToC.Twin.Models;
using DToC.Twin.Models.Linear;
using DToC.Twin.Models.Trees;
using DToC.Twin.Tests.Models.Trees;

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
        ["linear"] = new(new LinearModel(["a", "b"], [1], [2, -3], [5, 0]), [1, 2], [double.NaN, 4]),
        ["linear of a class"] = new(
            new LinearModel(["a", "b"], [1, 0, -1], [2, -3, 0.5, 1, 0, 0.1], [], MarginLink.Softmax, 1),
            [0.3, 0.2], [1, -1]),
        ["linear of a logarithm"] = new(new LinearModel(["a"], [1], [0.5], [1], MarginLink.Exp), [2], [3]),
        ["linear of a probability"] = new(new LinearModel(["a"], [1], [-2], [], MarginLink.Sigmoid), [1], [2]),
        ["trees"] = SampleTrees.Of(TreeOutput.Sum),
        ["trees in 32 bits"] = SampleTrees.Of(new() { Precision = TreePrecision.Single, Start = [0.5] }),
        ["trees of a probability"] = SampleTrees.Of(TreeOutput.Probability with { Factor = 0.7 }),
        ["trees of a class"] = SampleTrees.Of(new() { Count = 3, Chosen = 2, Link = MarginLink.Softmax }),
        ["trees of a logarithm"] = SampleTrees.Of(new() { Link = MarginLink.Exp, Start = [-1] }),
    };
}

/// <summary>A model and vectors it is meant for.</summary>
internal sealed record SampleModel(PredictiveModel Model, params double[][] Vectors);
