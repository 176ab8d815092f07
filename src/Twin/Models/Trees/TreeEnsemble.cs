using System.Text.Json;
using DToC.Twin.Draws;

namespace DToC.Twin.Models.Trees;

/// <summary>
/// An ensemble of decision trees, boosted or averaged: each tree adds one of its leaves' values to a margin, and a
/// link makes the margin a score. Trained here, or by LightGBM, XGBoost or what writes ONNX, and scored as there.
/// </summary>
/// <remarks>
/// Reasons are exact Shapley values of the margin, the inputs not known being averaged over the rows the trees were
/// fitted on, by the covers of the leaves (path-dependent TreeSHAP: Lundberg et al., "From local explanations to
/// global understanding with explainable AI for trees", 2020). Where a tree has no covers, each of its leaves counts
/// the same. The trees know nothing of how sure they are: there are no draws.
/// </remarks>
public sealed class TreeEnsemble : PredictiveModel
{
    /// <summary>Word of its stored form.</summary>
    public const string KindWord = "trees";

    /// <summary>Most trees.</summary>
    public const int MaxTrees = 20_000;

    /// <summary>Most leaves of all trees together.</summary>
    public const int MaxLeaves = 1_000_000;

    /// <summary>Most words of 32 categories in the sets of all trees together.</summary>
    public const int MaxSetWords = 4_000_000;

    private readonly DecisionTree[] _trees;
    private readonly PackedTrees _packed;

    /// <summary>An ensemble of these trees.</summary>
    /// <param name="inputs">Names of the inputs that the splits read by place.</param>
    /// <param name="trees">The trees, in the order they are summed; none is a constant.</param>
    /// <param name="output">What comes out.</param>
    /// <exception cref="ArgumentException">When <see cref="Validate"/> has something to say.</exception>
    public TreeEnsemble(IReadOnlyList<string> inputs, IReadOnlyList<DecisionTree> trees, TreeOutput output)
        : base(inputs)
    {
        if (Validate(inputs, trees, output) is { } error) throw new ArgumentException(error, nameof(trees));
        _trees = [.. trees];
        Output = output;
        _packed = new PackedTrees(_trees, output.Count, output.Precision);
    }

    /// <inheritdoc/>
    public override string Kind => KindWord;

    /// <inheritdoc/>
    public override ReasonScale Scale => Output.Link switch
    {
        MarginLink.Sigmoid or MarginLink.Softmax => ReasonScale.LogOdds,
        MarginLink.Exp => ReasonScale.Log,
        _ => ReasonScale.Value,
    };

    /// <summary>The trees, in the order they were given.</summary>
    public IReadOnlyList<DecisionTree> Trees => _trees;

    /// <summary>What comes out.</summary>
    public TreeOutput Output { get; }

    /// <summary>Null when a model can be built of these; else what is wrong and what would be right.</summary>
    public static string? Validate(
        IReadOnlyList<string> inputs, IReadOnlyList<DecisionTree> trees, TreeOutput output)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(trees);
        ArgumentNullException.ThrowIfNull(output);
        if (output.Validate() is { } error) return error;
        if (trees.Count > MaxTrees) return $"there are {trees.Count} trees; at most {MaxTrees} go";
        var (leaves, words) = (0L, 0L);
        for (var t = 0; t < trees.Count; t++)
        {
            var tree = trees[t];
            if (tree.Output < 0 || tree.Output >= output.Count)
                return $"tree {t} adds to output {tree.Output}; there are {output.Count}";
            foreach (var split in tree.Splits)
            {
                if (split.Input < 0 || split.Input >= inputs.Count)
                    return $"tree {t} reads input {split.Input}; there are {inputs.Count}";
            }
            leaves += tree.Leaves.Length;
            foreach (var set in tree.Sets) words += set.Length == 0 ? 0 : set[^1] / 32 + 1;
        }
        if (leaves > MaxLeaves) return $"the trees have {leaves} leaves; at most {MaxLeaves} go";
        if (words > MaxSetWords) return $"the sets of categories take {words} words; at most {MaxSetWords} go";
        return null;
    }

    /// <summary>The same trees, another output scored.</summary>
    public TreeEnsemble Choosing(int output) => new(Inputs, _trees, Output with { Chosen = output });

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<double> inputs)
    {
        Span<double> columns = stackalloc double[_packed.Columns.Length];
        _packed.Fill(inputs, columns);
        if (Output.Link == MarginLink.Softmax)
        {
            Span<double> margins = stackalloc double[Output.Count];
            for (var k = 0; k < Output.Count; k++) margins[k] = MarginOf(k, columns);
            return SoftmaxReasons.Probability(margins, Output.Chosen);
        }
        var margin = MarginOf(Output.Chosen, columns);
        return Output.Link switch
        {
            MarginLink.Sigmoid => Logistic.Sigmoid(Output.Factor * margin),
            MarginLink.Exp => Math.Exp(margin) is var value && double.IsFinite(value) ? value : double.NaN,
            _ => margin,
        };
    }

    /// <summary>The margin of the output chosen: the sum of its trees, before the link. Allocates nothing.</summary>
    /// <param name="inputs">As for <see cref="Score"/>.</param>
    public double Margin(ReadOnlySpan<double> inputs)
    {
        Span<double> columns = stackalloc double[_packed.Columns.Length];
        _packed.Fill(inputs, columns);
        return MarginOf(Output.Chosen, columns);
    }

    /// <summary>The margins of all outputs. Allocates nothing.</summary>
    /// <param name="inputs">As for <see cref="Score"/>.</param>
    /// <param name="into">As many values as there are outputs.</param>
    public void Margins(ReadOnlySpan<double> inputs, Span<double> into)
    {
        Span<double> columns = stackalloc double[_packed.Columns.Length];
        _packed.Fill(inputs, columns);
        for (var k = 0; k < Output.Count; k++) into[k] = MarginOf(k, columns);
    }

    /// <summary>The leaf of each tree a row ends in, by its place in the tree. Allocates nothing.</summary>
    /// <param name="inputs">As for <see cref="Score"/>.</param>
    /// <param name="into">As many values as there are trees, in their order.</param>
    public void Leaves(ReadOnlySpan<double> inputs, Span<int> into)
    {
        Span<double> columns = stackalloc double[_packed.Columns.Length];
        _packed.Fill(inputs, columns);
        for (var place = 0; place < _trees.Length; place++)
            into[_packed.TreeAt(place)] = _packed.LeafOf(_packed.Walk(_packed.RootAt(place), columns));
    }

    /// <inheritdoc/>
    public override bool Draw(ReadOnlySpan<double> inputs, Xoshiro256 random, Span<double> draws) => false;

    /// <inheritdoc/>
    public override Explanation Explain(ReadOnlySpan<double> inputs)
    {
        var columns = new double[_packed.Columns.Length];
        _packed.Fill(inputs, columns);
        return TreeReasons.Of(this, _packed, columns);
    }

    /// <inheritdoc/>
    public override void WriteParameters(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        StoredTrees.Write(writer, _trees, Output);
    }

    /// <summary>Makes a model of its stored parameters.</summary>
    /// <exception cref="InvalidDataException">They do not make one.</exception>
    public static TreeEnsemble Read(IReadOnlyList<string> inputs, ModelFields parameters)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(parameters);
        var (trees, output) = StoredTrees.Read(parameters);
        return new TreeEnsemble(inputs, trees, output);
    }

    /// <summary>The margin of an output; of a row in columns.</summary>
    internal double MarginOf(int output, ReadOnlySpan<double> columns) =>
        _packed.Sum(output, Output.StartOf(output), columns);
}
