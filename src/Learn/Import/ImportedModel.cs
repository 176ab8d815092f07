using DToC.Twin.Models;
using DToC.Twin.Models.Linear;
using DToC.Twin.Models.Trees;

namespace DToC.Learn.Import;

/// <summary>What a reader found in a file, before the options are heeded.</summary>
/// <param name="Origin">What wrote the file, and in which form.</param>
/// <param name="Inputs">Names of the inputs.</param>
internal abstract record ImportedModel(string Origin, string[] Inputs)
{
    /// <summary>What the model saw of its inputs; none when the file does not say.</summary>
    public (double Min, double Max)[] Ranges { get; init; } = [];

    /// <summary>Rows it was fitted on; 0 when the file does not say.</summary>
    public long Rows { get; init; }

    /// <summary>What is to be known of it.</summary>
    public IReadOnlyList<string> Limits { get; init; } = [];

    /// <summary>The model and its card, made as the options ask.</summary>
    public ModelFile ToFile(ImportOptions options)
    {
        var inputs = options.Inputs ?? Inputs;
        if (inputs.Count != Inputs.Length)
            throw new InvalidDataException($"{inputs.Count} names were given; the model has {Inputs.Length} inputs.");
        var limits = new List<string>(Limits) { "It was imported: how sure it is of a score is not known." };
        var model = Make(inputs, options, limits);
        var card = new ModelCard { Origin = Origin, MadeAt = options.MadeAt, Rows = Rows, Limits = limits };
        var ranges = inputs.Select((name, i) => Ranges.Length > i
            ? new InputRange(name, Ranges[i].Min, Ranges[i].Max)
            : InputRange.Unknown(name));
        return new ModelFile(model, [.. ranges], card);
    }

    /// <summary>The model alone.</summary>
    protected abstract PredictiveModel Make(
        IReadOnlyList<string> inputs, ImportOptions options, List<string> limits);

    /// <summary>The output that the file itself takes; null when it takes none.</summary>
    public int? Taken { get; init; }

    /// <summary>The same with what an ONNX graph makes of its numbers.</summary>
    /// <exception cref="InvalidDataException">No model of ours is that.</exception>
    public ImportedModel Behind(OnnxScores scores)
    {
        if (scores.Column is { } column && column >= OutputCount && !(HasClasses && (OutputCount, column) == (1, 1)))
            throw new InvalidDataException($"The graph takes score {column}; there are 0 to {OutputCount - 1}.");
        // Of two classes the second alone is kept.
        if (HasClasses && OutputCount == 1 && scores.Column == 0)
            throw new InvalidDataException("The graph takes the first of two classes; the second goes.");
        if (scores.Link == MarginLink.Softmax && OutputCount < 2)
            throw new InvalidDataException("A Softmax of one score is always 1.");
        var isChanged = scores.Link is not null || (scores.Factor, scores.Shift) != (1, 0);
        if (isChanged && OwnLink != MarginLink.Identity)
            throw new InvalidDataException($"Operators behind {OwnLink} that change the scores are not known.");
        var changed = isChanged ? Changed(scores.Factor, scores.Shift, scores.Link ?? MarginLink.Identity) : this;
        return OutputCount == 1 ? changed : changed with { Taken = scores.Column };
    }

    /// <summary>How many outputs there are.</summary>
    protected abstract int OutputCount { get; }

    /// <summary>How a margin becomes the score.</summary>
    protected abstract MarginLink OwnLink { get; }

    /// <summary>The same with link(factor * margin + shift) as the score.</summary>
    protected abstract ImportedModel Changed(double factor, double shift, MarginLink link);

    /// <summary>Whether the outputs are classes, so that of two the second is meant.</summary>
    public bool HasClasses { get; init; }

    /// <summary>The output asked for.</summary>
    protected int Chosen(ImportOptions options, int outputs)
    {
        if (Taken is { } taken)
        {
            return options.Output is null || options.Output == taken
                ? taken
                : throw new InvalidDataException(
                    $"The output {options.Output} was asked for; the file takes {taken} itself.");
        }
        if (options.Output is { } given)
        {
            return given >= 0 && given < outputs
                ? given
                : throw new InvalidDataException($"The output {given} was asked for; there are 0 to {outputs - 1}.");
        }
        return outputs == 1 || (outputs == 2 && HasClasses)
            ? outputs - 1
            : throw new InvalidDataException($"The model has {outputs} outputs; name the one to score.");
    }
}

/// <summary>Trees that were found in a file.</summary>
/// <param name="Trees">All of them, in the order of the sum.</param>
/// <param name="Output">What comes out, but for the choice.</param>
/// <param name="TreesPerRound">How many each round of boosting has.</param>
internal sealed record ImportedTrees(
    string Origin, string[] Inputs, IReadOnlyList<DecisionTree> Trees, TreeOutput Output, int TreesPerRound)
    : ImportedModel(Origin, Inputs)
{
    /// <summary>Whether the trees are averaged rather than summed.</summary>
    public bool IsAveraged { get; init; }

    protected override PredictiveModel Make(
        IReadOnlyList<string> inputs, ImportOptions options, List<string> limits)
    {
        var kept = Kept(options);
        if (!kept.All(tree => tree.HasCovers))
            limits.Add("How many rows its leaves were fitted on is not known: for reasons, each counts the same.");
        var output = Output with { Chosen = Chosen(options, Output.Count), Link = options.Link ?? Output.Link };
        if (output.Link == MarginLink.Softmax && output.Count < 2) output = output with { Link = MarginLink.Identity };
        return new TreeEnsemble(inputs, kept, output);
    }

    protected override int OutputCount => Output.Count;

    protected override MarginLink OwnLink => Output.Link;

    protected override ImportedModel Changed(double factor, double shift, MarginLink link)
    {
        // A sigmoid has a factor of its own; leaves need no other then, but for its sign.
        var own = link == MarginLink.Sigmoid ? Math.Abs(factor) : 1;
        var (weight, start) = (factor / own, shift / own);
        return this with
        {
            Trees = [.. Trees.Select(t => new DecisionTree(t.Splits, t.Leaves, t.Output, t.Weight * weight, t.Sets))],
            Output = Output with
            {
                Link = link,
                Factor = own,
                Start = [.. Enumerable.Range(0, Output.Count).Select(k => Output.StartOf(k) * weight + start)],
            },
        };
    }

    private IReadOnlyList<DecisionTree> Kept(ImportOptions options)
    {
        var kept = Trees;
        if (options.Rounds is { } rounds)
        {
            var all = Trees.Count / TreesPerRound;
            if (rounds < 1 || rounds > all)
                throw new InvalidDataException($"{rounds} rounds were asked for; there are 1 to {all}.");
            kept = [.. Trees.Take(rounds * TreesPerRound)];
        }
        if (!IsAveraged) return kept;
        var weight = 1.0 / (kept.Count / TreesPerRound);
        return [.. kept.Select(t => new DecisionTree(t.Splits, t.Leaves, t.Output, weight, t.Sets))];
    }
}

/// <summary>A linear model that was found in a file.</summary>
/// <param name="Intercepts">One an output.</param>
/// <param name="Weights">One an input for the first output, then for the second, and so on.</param>
/// <param name="Reference">What stands for a missing input; none when 0 does.</param>
/// <param name="Link">How the margin becomes the score.</param>
internal sealed record ImportedLinear(
    string Origin, string[] Inputs, double[] Intercepts, double[] Weights, double[] Reference, MarginLink Link)
    : ImportedModel(Origin, Inputs)
{
    protected override PredictiveModel Make(
        IReadOnlyList<string> inputs, ImportOptions options, List<string> limits)
    {
        if (options.Rounds is not null)
            throw new InvalidDataException("Rounds were asked for; a linear model has none.");
        return new LinearModel(
            inputs, Intercepts, Weights, Reference, options.Link ?? Link, Chosen(options, Intercepts.Length));
    }
    protected override int OutputCount => Intercepts.Length;

    protected override MarginLink OwnLink => Link;

    protected override ImportedModel Changed(double factor, double shift, MarginLink link) => this with
    {
        Intercepts = [.. Intercepts.Select(intercept => intercept * factor + shift)],
        Weights = [.. Weights.Select(weight => weight * factor)],
        Link = link,
    };
}
