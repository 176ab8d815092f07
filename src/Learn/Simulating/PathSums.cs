using System.Buffers;
using DToC.Twin.Plan;
using DToC.Twin.Simulation;
using DToC.Twin.State;

namespace DToC.Learn.Simulating;

/// <summary>
/// Sums over members, world by world, apart for each set of groups that members are counted in: what a group comes to
/// is the sum over the sets it is in, so that nobody is run twice for being in two. Whole numbers, so that any order of
/// adding gives the same. Any thread may add.
/// </summary>
public sealed class PathSums
{
    private readonly SortedDictionary<ulong, Tally[]> _bySet = [];
    private readonly TwinPlan _plan;
    private readonly ScenarioSet _scenarios;
    private readonly long _mostBytes;
    private readonly Lock _gate = new();

    /// <summary>Sums of nothing.</summary>
    /// <param name="plan">The plan that is simulated under.</param>
    /// <param name="scenarios">The scenarios.</param>
    /// <param name="worlds">Worlds, 1 or more.</param>
    /// <param name="mostBytes">Bytes they may take.</param>
    public PathSums(TwinPlan plan, ScenarioSet scenarios, int worlds, long mostBytes)
    {
        (_plan, _scenarios, Worlds, _mostBytes) = (plan, scenarios, worlds, mostBytes);
        TallyBytes = sizeof(long) * (long)new Tally(plan, scenarios).Numbers.Length;
    }

    /// <summary>Worlds there is room for.</summary>
    public int Worlds { get; }

    /// <summary>Bytes of the sums of one world and one set of groups.</summary>
    public long TallyBytes { get; }

    /// <summary>Bytes taken.</summary>
    public long Bytes => _bySet.Count * Worlds * TallyBytes;

    /// <summary>Adds what members of a set of groups came to in one world.</summary>
    /// <exception cref="InvalidOperationException">There are too many sets of groups for the memory.</exception>
    public void Add(ulong groups, int world, ReadOnlySpan<long> numbers)
    {
        lock (_gate) Of(groups)[world].Add(numbers);
    }

    /// <summary>Sums of nothing again, in some worlds.</summary>
    public void Clear(int first, int count)
    {
        foreach (var tallies in _bySet.Values)
        {
            for (var world = first; world < first + count; world++) tallies[world].Clear();
        }
    }

    /// <summary>Sums over all members in some worlds, from the first on.</summary>
    public Tally[] Everybody(int worlds) => Sum(worlds, static _ => true);

    /// <summary>The same over the members of one group.</summary>
    public Tally[] Group(int group, int worlds) => Sum(worlds, groups => (groups >> group & 1) != 0);

    /// <summary>Writes the sums of the first worlds.</summary>
    public void Write(IBufferWriter<byte> output, int worlds)
    {
        var writer = new BinaryFormWriter(output);
        writer.Unsigned((ulong)_bySet.Count);
        foreach (var (groups, tallies) in _bySet)
        {
            writer.Fixed(groups);
            for (var world = 0; world < worlds; world++) writer.SignedAll(tallies[world].Numbers);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote, of the same plan and scenarios.</summary>
    /// <exception cref="InvalidDataException">It is of others, or damaged.</exception>
    public void Read(ref BinaryFormReader reader, int worlds)
    {
        var numbers = new long[TallyBytes / sizeof(long)];
        for (var left = reader.Count(int.MaxValue); left > 0; left--)
        {
            var groups = reader.Fixed();
            for (var world = 0; world < worlds; world++)
            {
                for (var i = 0; i < numbers.Length; i++) numbers[i] = reader.Signed();
                Add(groups, world, numbers);
            }
        }
    }

    private Tally[] Of(ulong groups)
    {
        if (_bySet.TryGetValue(groups, out var tallies)) return tallies;
        if (Bytes + Worlds * TallyBytes > _mostBytes)
        {
            throw new InvalidOperationException(
                $"Sums of {Worlds} paths and {_bySet.Count + 1} combinations of groups take more than the "
                + $"{_mostBytes >> 20} MiB that are allowed; take fewer paths, scenarios, weeks or groups.");
        }
        tallies = new Tally[Worlds];
        for (var world = 0; world < Worlds; world++) tallies[world] = new Tally(_plan, _scenarios);
        return _bySet[groups] = tallies;
    }

    private Tally[] Sum(int worlds, Predicate<ulong> counts)
    {
        var sums = new Tally[worlds];
        for (var world = 0; world < worlds; world++) sums[world] = new Tally(_plan, _scenarios);
        foreach (var (groups, tallies) in _bySet)
        {
            if (!counts(groups)) continue;
            for (var world = 0; world < worlds; world++) sums[world].Add(tallies[world]);
        }
        return sums;
    }
}
