namespace DToC.Twin.Sketches;

/// <summary>
/// Sums that fade: a contribution counts half after each half-life. A decayed sum is a value and the moment
/// it is stated for, its reference: the newest contribution so far.
/// </summary>
/// <remarks>
/// Decay is linear, so the sum commutes. A contribution newer than the reference first carries the value
/// forward by its factor; a late one is itself carried forward and added: value + amount * factor(reference -
/// then). Any order gives the same value at the same moment, within 1e-9 of the sum of absolute
/// contributions.
/// </remarks>
public static class ExponentialDecay
{
    /// <summary>
    /// Reference of a sum that holds nothing yet: <see cref="Instant.Never"/> in milliseconds.
    /// </summary>
    public const long Empty = long.MinValue;

    /// <summary>
    /// What is left of 1 after <paramref name="elapsedMs"/>: 2^(-elapsed / half-life), in [0, 1]. A negative
    /// elapsed time asks what 1 was before, above 1. Half-life in milliseconds, above 0.
    /// </summary>
    public static double Factor(double elapsedMs, double halfLifeMs) =>
        Math.Exp(-elapsedMs / halfLifeMs * LogTwo);

    /// <summary>Adds an amount that occurred at <paramref name="atMs"/>, late or not.</summary>
    public static void Add(
        ref double value, ref long referenceMs, double amount, long atMs, double halfLifeMs)
    {
        if (referenceMs == Empty)
        {
            (value, referenceMs) = (amount, atMs);
        }
        else if (atMs > referenceMs)
        {
            value = value * Factor((double)atMs - referenceMs, halfLifeMs) + amount;
            referenceMs = atMs;
        }
        else
        {
            value += amount * Factor((double)referenceMs - atMs, halfLifeMs);
        }
    }

    /// <summary>The sum as of <paramref name="nowMs"/>; 0 when it holds nothing.</summary>
    public static double At(double value, long referenceMs, long nowMs, double halfLifeMs) =>
        referenceMs == Empty ? 0 : value * Factor((double)nowMs - referenceMs, halfLifeMs);

    private const double LogTwo = 0.693147180559945309417232121458;
}
