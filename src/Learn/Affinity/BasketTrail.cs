using System.Text;
using DToC.Twin;
using DToC.Twin.Plan;
using DToC.Twin.Sketches;

namespace DToC.Learn.Affinity;

/// <summary>A customer's baskets counted as a feature of kind basket counts them, outside of a state.</summary>
/// <param name="capacity">Tokens kept.</param>
/// <param name="halfLifeMs">Ms after which a basket counts half.</param>
public sealed class BasketTrail(int capacity, double halfLifeMs)
{
    private readonly ulong[] _hashes = new ulong[capacity];
    private readonly long[] _longs = new long[2 * capacity + BasketCounts.Own];
    private readonly byte[] _tokens = new byte[capacity * FoldPlan.TokenStride];

    /// <summary>Names of the numbers of such a feature.</summary>
    public static IReadOnlyList<string> Inputs(string feature, int capacity) =>
    [
        $"{feature}.baskets",
        .. Enumerable.Range(1, capacity).SelectMany(i => (string[])[$"{feature}.token{i}", $"{feature}.count{i}"]),
    ];

    /// <summary>Adds a basket; each of its tokens is named once. Baskets come in the order of time.</summary>
    public void Add(long atMs, IEnumerable<string> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var counts = Counts();
        counts.Begin(atMs, halfLifeMs);
        foreach (var token in tokens) counts.Add(StableHash.Of(token), Encoding.UTF8.GetBytes(token));
    }

    /// <summary>The numbers as of a moment, as a model takes them.</summary>
    public double[] At(long nowMs)
    {
        var counts = Counts();
        var numbers = new double[1 + 2 * capacity];
        numbers.AsSpan().Fill(double.NaN);
        numbers[0] = counts.BasketsAt(nowMs, halfLifeMs);
        for (var slot = 0; slot < counts.Used; slot++)
        {
            numbers[1 + 2 * slot] = NameCode.Of(counts.Hash(slot));
            numbers[2 + 2 * slot] = counts.CountAt(slot, nowMs, halfLifeMs);
        }
        return numbers;
    }

    private BasketCounts Counts() => new(
        new HeavyHitters(
            _hashes, _longs.AsSpan(0, capacity), _longs.AsSpan(capacity, capacity), _tokens, FoldPlan.TokenStride),
        _longs, capacity);
}
