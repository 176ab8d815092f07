using System.Globalization;
using DToC.Twin;

namespace DToC.Grains;

/// <summary>
/// That a customer who was erased is let in again: messages are taken, of what happened from a moment on. What was
/// erased stays erased, from backups too.
/// </summary>
public sealed record Readmission
{
    private const int MsBits = 12;
    private const int SecondBits = 22;
    private const long EpochMs = 1_577_836_800_000; // 2020-01-01T00:00:00Z

    /// <summary>The erasure's random token.</summary>
    public required string Token { get; init; }

    /// <summary>When it was decided.</summary>
    public required Instant At { get; init; }

    /// <summary>What happened before this is not taken: not earlier than the erasure, not later than now.</summary>
    public required Instant Since { get; init; }

    /// <summary>Who decided it: the name of an API key or program.</summary>
    public required string By { get; init; }

    /// <summary>The public key of the signature, as in <see cref="ErasureReceipt.PublicKey"/>.</summary>
    public required string PublicKey { get; init; }

    /// <summary>As <see cref="ErasureReceipt.Signature"/>, over <see cref="SignedText"/>.</summary>
    public string Signature { get; init; } = "";

    /// <summary>The text that is signed.</summary>
    public string SignedText => string.Create(
        CultureInfo.InvariantCulture, $"readmission\n{Token}\n{At}\n{Since}\n{By}\n{PublicKey}\n");

    /// <summary>All that the life before can have numbered; see <see cref="FloorAt"/>.</summary>
    public long Floor => FloorAt(At);

    /// <summary>
    /// Numbers that a life which begins at a moment counts from, above all that one before can have used:
    /// <c>seconds since 2020 * 2^22 + milliseconds * 2^12</c>. No grain sends 4 thousand effects a millisecond, and
    /// the numbers stay below 2^53, which every JSON reader has, until 2088.
    /// </summary>
    public static long FloorAt(Instant moment)
    {
        var (seconds, ms) = Math.DivRem(Math.Max(0, moment.UnixMs - EpochMs), 1_000);
        return (seconds << SecondBits) + (ms << MsBits);
    }
}

/// <summary>What became of letting a customer in again.</summary>
public abstract record ReadmissionAnswer
{
    private ReadmissionAnswer()
    {
    }

    /// <summary>Done, now or before.</summary>
    public sealed record Readmitted(Readmission Readmission) : ReadmissionAnswer;

    /// <summary>No erasure has this token.</summary>
    public sealed record NoSuchErasure : ReadmissionAnswer
    {
        /// <summary>The one instance.</summary>
        public static readonly NoSuchErasure Instance = new();
    }

    /// <summary>The erasure is not complete: first all is removed.</summary>
    public sealed record UnderWay : ReadmissionAnswer
    {
        /// <summary>The one instance.</summary>
        public static readonly UnderWay Instance = new();
    }

    /// <summary>The moment is not between the erasure and now.</summary>
    /// <param name="Earliest">The earliest it can be.</param>
    /// <param name="Latest">The latest.</param>
    public sealed record OutOfRange(Instant Earliest, Instant Latest) : ReadmissionAnswer;
}
