using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Events;

namespace DToC.Http.Hypothetical;

/// <summary>
/// What is kept of a hypothetical twin: what was assumed, and under what. Nothing of the customer's own; that is read
/// when the twin is.
/// </summary>
/// <param name="Assumed">What is assumed.</param>
/// <param name="Name">For people, or null.</param>
/// <param name="KeyId">Id of the key it was made with.</param>
/// <param name="Customer">Of whom; null for somebody made up.</param>
/// <param name="Lawful">What the customer allowed when it was made; null for somebody made up.</param>
/// <param name="ExpiresAt">When it is let go.</param>
internal sealed record KeptHypothesis(
    Hypothesis Assumed, string? Name, string KeyId, string? Customer, LawfulUses? Lawful, Instant ExpiresAt)
{
    private const int OwnBytes = 4 * 1024;
    private const int BytesPerObject = 256;

    public string Id => Assumed.Id;

    /// <summary>Events that were thought of.</summary>
    public int Events { get; } = Assumed.Events.Sum(static assumed => assumed.Events.Count);

    /// <summary>About how much memory it takes.</summary>
    public long Bytes { get; } = OwnBytes
        + (long)(Assumed.Attributes.Count + Assumed.Consents.Count + Assumed.Without.Count) * BytesPerObject
        + Assumed.Attributes.Sum(static attribute => 2L * (attribute.Text?.Length ?? 0))
        + Assumed.Without.Sum(static name => 2L * name.Length)
        + Assumed.Events.Sum(static assumed => assumed.Events.Sum(SizeOf));

    /// <summary>The same with something else assumed.</summary>
    public KeptHypothesis Assuming(Hypothesis assumed) => new(assumed, Name, KeyId, Customer, Lawful, ExpiresAt);

    /// <summary>In a list.</summary>
    public HypotheticalEntryForm ToEntry() =>
        new(Id, Name, Customer, Assumed.MadeAt, ExpiresAt, Assumed.At, Events);

    private static long SizeOf(TouchpointEvent e) =>
        BytesPerObject + 2L * e.Json.Length + sizeof(long) * (long)e.Numbers.Length + e.TokenBytes.Length
        + BytesPerObject / 8 * (long)e.Tokens.Length;
}
