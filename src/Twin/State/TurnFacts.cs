namespace DToC.Twin.State;

/// <summary>A contact: an offer that left by an outbound channel, or a choice that cools an offer down.</summary>
/// <param name="At">When it was decided.</param>
/// <param name="Offer">Hash of the offer's name.</param>
/// <param name="Channel">Hash of the channel's name.</param>
/// <param name="Outbound">Whether the brand started it.</param>
public readonly record struct Contact(Instant At, ulong Offer, ulong Channel, bool Outbound);

/// <summary>An identifier linked to a customer; the state does not know its value.</summary>
/// <param name="Hash">Hash of name and value.</param>
/// <param name="Slot">Slot of the name in the definition, or -1 where it is not known (any more).</param>
public readonly record struct LinkedIdentifier(ulong Hash, int Slot);

/// <summary>The value of an attribute as it stands.</summary>
public sealed record AttributeRecord
{
    /// <summary>How it came to be known.</summary>
    public required Definitions.AttributeOrigin Origin { get; init; }

    /// <summary>When it was said, observed, bought or concluded.</summary>
    public required Instant At { get; init; }

    /// <summary>By which system.</summary>
    public required string Source { get; init; }

    /// <summary>The text, or null for a number.</summary>
    public string? Text { get; init; }

    /// <summary>The number; a boolean as 0 or 1.</summary>
    public double Number { get; init; }

    /// <summary>
    /// Whether this stands against another: the stronger origin by <paramref name="precedence"/>, then the later,
    /// then (so that any order of arrival ends alike) the larger by source and value.
    /// </summary>
    public bool StandsAgainst(AttributeRecord other, IReadOnlyList<Definitions.AttributeOrigin> precedence)
    {
        var (mine, theirs) = (Rank(Origin, precedence), Rank(other.Origin, precedence));
        if (mine != theirs) return mine < theirs;
        if (At != other.At) return At > other.At;
        var bySource = string.CompareOrdinal(Source, other.Source);
        if (bySource != 0) return bySource > 0;
        var byText = string.CompareOrdinal(Text, other.Text);
        return byText != 0 ? byText > 0 : Number > other.Number;
    }

    private static int Rank(Definitions.AttributeOrigin origin, IReadOnlyList<Definitions.AttributeOrigin> precedence)
    {
        for (var i = 0; i < precedence.Count; i++)
        {
            if (precedence[i] == origin) return i;
        }
        return precedence.Count;
    }
}
