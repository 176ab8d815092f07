namespace DToC.Twin.Models.Satisfaction;

/// <summary>Ways in which a customer says how satisfied they are.</summary>
public enum SatisfactionKind
{
    /// <summary>"Would you recommend us", 0 to 10 (net promoter score).</summary>
    Nps,

    /// <summary>"How satisfied are you", 1 to 5.</summary>
    Csat,

    /// <summary>Stars of a review, 1 to 5.</summary>
    Stars,

    /// <summary>Mood of a text, -1 to 1.</summary>
    Sentiment,
}

/// <summary>The ranges of the <see cref="SatisfactionKind"/>s.</summary>
public static class SatisfactionRange
{
    /// <summary>How many kinds there are.</summary>
    public const int Kinds = 4;

    /// <summary>The least and the greatest answer of a kind.</summary>
    public static (double Worst, double Best) Of(SatisfactionKind kind) => kind switch
    {
        SatisfactionKind.Nps => (0, 10),
        SatisfactionKind.Csat or SatisfactionKind.Stars => (1, 5),
        SatisfactionKind.Sentiment => (-1, 1),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such kind."),
    };
}
