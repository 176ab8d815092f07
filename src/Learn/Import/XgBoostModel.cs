using DToC.Twin.Models;
using DToC.Twin.Models.Trees;

namespace DToC.Learn.Import;

/// <summary>What XGBoost's forms have in common.</summary>
/// <param name="Form">The form of the file, for the card.</param>
/// <param name="Objective">The objective's name.</param>
/// <param name="Inputs">Names of the features.</param>
/// <param name="Outputs">Trees a round, but for those grown in parallel.</param>
internal sealed record XgBoostModel(string Form, string Objective, string[] Inputs, int Outputs)
{
    /// <summary>Base score of each output, on the scale told by <see cref="IsBaseMargin"/>.</summary>
    public double[] BaseScores { get; init; } = [];

    /// <summary>Whether the base scores are margins, as in files before 1.0.</summary>
    public bool IsBaseMargin { get; init; }

    /// <summary>Trees of one output in one round.</summary>
    public int ParallelTrees { get; init; } = 1;

    /// <summary>The trees; of a linear model none.</summary>
    public IReadOnlyList<XgBoostTree> Trees { get; init; } = [];

    /// <summary>Which output each tree adds to.</summary>
    public int[] TreeOutputs { get; init; } = [];

    /// <summary>Weights of the trees of DART; none when all are 1.</summary>
    public double[] TreeWeights { get; init; } = [];

    /// <summary>Weights of a linear model: of each input one an output, then the biases.</summary>
    public double[]? LinearWeights { get; init; }

    /// <summary>Made ready for the options.</summary>
    public ImportedModel Checked()
    {
        var objective = XgBoostObjective.Of(Objective);
        var bases = BaseScores.Length == 1 ? [.. Enumerable.Repeat(BaseScores[0], Outputs)] : BaseScores;
        if (bases.Length != Outputs)
            throw new InvalidDataException($"base_score: {bases.Length} values for {Outputs} outputs.");
        if (!IsBaseMargin) bases = [.. bases.Select(objective.MarginOf)];
        var link = objective.Link == MarginLink.Softmax && Outputs == 1 ? MarginLink.Identity : objective.Link;
        return LinearWeights is { } weights ? Linear(weights, bases, link) : Ensemble(bases, link);
    }

    private ImportedTrees Ensemble(double[] bases, MarginLink link)
    {
        if (TreeOutputs.Length != Trees.Count)
            throw new InvalidDataException($"tree_info: {TreeOutputs.Length} numbers for {Trees.Count} trees.");
        if (TreeWeights.Length != 0 && TreeWeights.Length != Trees.Count)
            throw new InvalidDataException($"weight_drop: {TreeWeights.Length} numbers for {Trees.Count} trees.");
        var trees = Trees.Select((tree, i) => tree.ToTree(
            $"tree {i}", TreeOutputs[i], TreeWeights.Length == 0 ? 1 : (float)TreeWeights[i]));
        var output = new TreeOutput
        {
            Count = Outputs,
            Link = link,
            Start = bases,
            Precision = TreePrecision.Single,
        };
        return new ImportedTrees($"XGBoost {Form}", Inputs, [.. trees], output, Outputs * ParallelTrees)
        {
            HasClasses = link == MarginLink.Softmax,
        };
    }

    private ImportedLinear Linear(double[] weights, double[] bases, MarginLink link)
    {
        var inputs = Inputs.Length;
        if (weights.Length != (inputs + 1L) * Outputs)
        {
            throw new InvalidDataException(
                $"weights: {weights.Length} numbers; {inputs} features and a bias of {Outputs} outputs make "
                + $"{(inputs + 1L) * Outputs}.");
        }
        var turned = new double[inputs * Outputs];
        for (var k = 0; k < Outputs; k++)
        {
            bases[k] += weights[inputs * Outputs + k];
            for (var i = 0; i < inputs; i++) turned[k * inputs + i] = weights[i * Outputs + k];
        }
        return new ImportedLinear($"XGBoost {Form}, gblinear", Inputs, bases, turned, [], link)
        {
            HasClasses = link == MarginLink.Softmax,
        };
    }
}
