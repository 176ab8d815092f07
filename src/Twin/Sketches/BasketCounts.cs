namespace DToC.Twin.Sketches;

/// <summary>
/// In how many of a customer's baskets each frequent token was, a basket counting half after each half-life: Space-Saving
/// (see <see cref="HeavyHitters"/>) whose counts fade. A view over spans that live in a state; baskets come in the order
/// of time.
/// </summary>
/// <remarks>Counts are whole numbers of 2^-20 of a basket: fading rounds them, by that much at most.</remarks>
public readonly ref struct BasketCounts
{
    /// <summary>Longs it has beside the counts and errors: the newest basket's time in ms, and baskets.</summary>
    public const int Own = 2;

    private const double Unit = 1 << 20;

    private readonly HeavyHitters hitters;
    private readonly Span<long> own;

    /// <summary>A view over tokens and longs: k counts, k errors, then <see cref="Own"/> of zero at first.</summary>
    public BasketCounts(HeavyHitters hitters, Span<long> longs, int capacity)
    {
        this.hitters = hitters;
        own = longs.Slice(2 * capacity, Own);
    }

    /// <summary>Number of tokens kept; their slots are 0 to Used - 1.</summary>
    public int Used => hitters.Used;

    /// <summary>Hash of the token in a slot.</summary>
    public ulong Hash(int slot) => hitters.Hash(slot);

    /// <summary>Begins a basket at a moment that is not before the newest one's.</summary>
    public void Begin(long atMs, double halfLifeMs)
    {
        var factor = own[1] == 0 ? 1 : ExponentialDecay.Factor(Math.Max(0, atMs - own[0]), halfLifeMs);
        hitters.Fade(factor);
        own[1] = (long)Math.Round(own[1] * factor + Unit);
        own[0] = atMs;
    }

    /// <summary>Adds a token to the basket begun; once for each basket.</summary>
    public void Add(ulong hash, ReadOnlySpan<byte> token) => hitters.Add(hash, token, (long)Unit);

    /// <summary>Decayed number of baskets as of a moment; 0 or more.</summary>
    public double BasketsAt(long nowMs, double halfLifeMs) => own[1] / Unit * Left(nowMs, halfLifeMs);

    /// <summary>Decayed number of baskets that surely held the token of a slot, as of a moment; 0 or more.</summary>
    public double CountAt(int slot, long nowMs, double halfLifeMs) =>
        (hitters.Count(slot) - hitters.Error(slot)) / Unit * Left(nowMs, halfLifeMs);

    private double Left(long nowMs, double halfLifeMs) =>
        own[1] == 0 ? 1 : ExponentialDecay.Factor(Math.Max(0, nowMs - own[0]), halfLifeMs);
}
