namespace DToC.Twin.Models.Trees;

/// <summary>The numbers comparisons and sums are made in.</summary>
public enum TreePrecision
{
    /// <summary>64 bits.</summary>
    Double,

    /// <summary>
    /// 32 bits, as in XGBoost and ONNX: inputs are rounded before they are compared, and leaves summed so.
    /// </summary>
    Single,
}

/// <summary>What comes out of an ensemble.</summary>
public sealed record TreeOutput
{
    /// <summary>Most outputs.</summary>
    public const int MaxCount = 1_024;

    /// <summary>One output that is the sum of the trees.</summary>
    public static TreeOutput Sum { get; } = new();

    /// <summary>A probability: the sigmoid of the sum of the trees.</summary>
    public static TreeOutput Probability { get; } = new() { Link = MarginLink.Sigmoid };

    /// <summary>How many outputs the trees add to, for example one a class.</summary>
    public int Count { get; init; } = 1;

    /// <summary>The output the model scores.</summary>
    public int Chosen { get; init; }

    /// <summary>How the margin becomes the score.</summary>
    public MarginLink Link { get; init; }

    /// <summary>Factor of <see cref="MarginLink.Sigmoid"/>; above 0.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>What the margins are before any tree; one an output, or none when all are 0.</summary>
    public IReadOnlyList<double> Start { get; init; } = [];

    /// <summary>What is computed in.</summary>
    public TreePrecision Precision { get; init; }

    /// <summary>Null when it can be used; else what is wrong.</summary>
    public string? Validate()
    {
        if (Count is < 1 or > MaxCount) return $"there are {Count} outputs; 1 to {MaxCount} go";
        if (Chosen < 0 || Chosen >= Count) return $"the output chosen is {Chosen}; 0 to {Count - 1} go";
        if (Link == MarginLink.Softmax && Count < 2) return "a softmax has one output; at least 2 go";
        if (!Enum.IsDefined(Link) || !Enum.IsDefined(Precision)) return $"link {Link} or {Precision} is not known";
        if (!(Factor > 0 && Factor <= DecisionTree.MaxValue)) return $"the factor is {Factor}; it must be above 0";
        if (Start.Count != 0 && Start.Count != Count) return $"{Start.Count} starting margins for {Count} outputs";
        foreach (var margin in Start)
        {
            if (!(Math.Abs(margin) <= DecisionTree.MaxValue)) return $"a starting margin is {margin}";
        }
        return null;
    }

    /// <summary>What the margin of an output is before any tree.</summary>
    public double StartOf(int output) => Start.Count == 0 ? 0 : Start[output];
}
