namespace DToC.Grains;

/// <summary>What folding a hypothesis gave.</summary>
public abstract record HypothesisResult
{
    private HypothesisResult()
    {
    }

    /// <summary>It cannot be folded without the journals of these keys.</summary>
    public sealed record NeedsHistory(IReadOnlyList<GrainKey> Keys) : HypothesisResult;

    /// <summary>It cannot be folded as it is.</summary>
    /// <param name="Field">Where: a part of the hypothesis, a purpose or an attribute.</param>
    /// <param name="Message">What is wrong and what would be right.</param>
    public sealed record Refused(string Field, string Message) : HypothesisResult;

    /// <summary>The twin it gives.</summary>
    public sealed record Folded(HypotheticalTwin Twin) : HypothesisResult;
}
