using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Plan;
using DToC.Twin.Simulation;
using DToC.Twin.State;

namespace DToC.Learn.Simulating;

/// <summary>
/// Runs members through worlds on some threads. What comes out is a sum of whole numbers, and each member's path a
/// function of the member and the world alone: threads and the order of members change nothing.
/// </summary>
internal sealed class PathRunner(
    Premises premises, ScenarioSet scenarios, PlanCatalog plans, Instant begin, int threads)
{
    // Of so many the work of one slice is far more than that of adding up its sums.
    private const int SliceMembers = 128;

    private readonly ConcurrentBag<Scratch> _idle = [];

    /// <summary>Bytes that the threads' own sums take for so many worlds at a time.</summary>
    public long ScratchBytes(int worlds, long tallyBytes) => threads * worlds * tallyBytes;

    /// <summary>Runs members through worlds.</summary>
    /// <param name="members">The members.</param>
    /// <param name="worlds">The worlds, in the order of their numbers.</param>
    /// <param name="sums">What is added to.</param>
    /// <param name="gains">What members gain is added to; null for nobody.</param>
    /// <param name="cancellation">Ends it; the sums are of no use then.</param>
    public void Run(
        IReadOnlyList<Member> members, IReadOnlyList<World> worlds, PathSums sums, MemberGains? gains,
        CancellationToken cancellation)
    {
        var slices = Slices(members);
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        try
        {
            Parallel.ForEach(Partitioner.Create(slices, EnumerablePartitionerOptions.NoBuffering), options, slice =>
            {
                if (!_idle.TryTake(out var scratch)) scratch = new Scratch(premises, scenarios);
                scratch.Run(slice, worlds, plans, begin, sums, gains);
                _idle.Add(scratch);
            });
        }
        catch (AggregateException several)
        {
            // One thread's is as good as another's: sums too large, or a state that cannot be read.
            ExceptionDispatchInfo.Throw(several.InnerExceptions[0]);
        }
    }

    /// <summary>Runs one member through worlds, one after the other.</summary>
    /// <param name="member">The member.</param>
    /// <param name="worlds">The worlds.</param>
    /// <param name="see">Is given each world's place and the member after it was run.</param>
    public MemberStanding RunOne(Member member, IReadOnlyList<World> worlds, Action<int, MemberRun> see)
    {
        if (!_idle.TryTake(out var scratch)) scratch = new Scratch(premises, scenarios);
        var standing = scratch.RunOne(member, worlds, plans, begin, see);
        _idle.Add(scratch);
        return standing;
    }

    // Members of one set of groups, so that a thread adds one set's sums at the end of a slice.
    private static List<List<Member>> Slices(IReadOnlyList<Member> members)
    {
        List<List<Member>> slices = [];
        Dictionary<ulong, List<Member>> open = [];
        foreach (var member in members)
        {
            if (!open.TryGetValue(member.Groups, out var slice))
                slices.Add(open[member.Groups] = slice = new List<Member>(SliceMembers));
            slice.Add(member);
            if (slice.Count == SliceMembers) open.Remove(member.Groups);
        }
        return slices;
    }

    /// <summary>What one thread works with.</summary>
    private sealed class Scratch(Premises premises, ScenarioSet scenarios)
    {
        private readonly MemberRun _run = new(premises, scenarios);
        private readonly List<Tally> _tallies = [];
        private CustomerActivation? _rest;

        public void Run(
            List<Member> members, IReadOnlyList<World> worlds, PlanCatalog plans, Instant begin, PathSums sums,
            MemberGains? gains)
        {
            Prepare(worlds.Count);
            foreach (var member in members)
            {
                var standing = Load(member, plans, begin);
                for (var w = 0; w < worlds.Count; w++)
                {
                    _run.Run(worlds[w], _tallies[w]);
                    if (gains is not null && standing == MemberStanding.Simulated) Gain(gains, member.Number);
                }
            }
            for (var w = 0; w < worlds.Count; w++)
            {
                sums.Add(members[0].Groups, worlds[w].Index, _tallies[w].Numbers);
                _tallies[w].Clear();
            }
        }

        public MemberStanding RunOne(
            Member member, IReadOnlyList<World> worlds, PlanCatalog plans, Instant begin, Action<int, MemberRun> see)
        {
            Prepare(1);
            var standing = Load(member, plans, begin);
            for (var w = 0; w < worlds.Count; w++)
            {
                _run.Run(worlds[w], _tallies[0]);
                see(w, _run);
            }
            _tallies[0].Clear();
            return standing;
        }

        private MemberStanding Load(Member member, PlanCatalog plans, Instant begin)
        {
            _rest = CustomerCodec.Read(member.Stored.Span, plans, _rest);
            return _run.Load(_rest.Twin, member.Id, begin);
        }

        private void Prepare(int worlds)
        {
            while (_tallies.Count < worlds) _tallies.Add(new Tally(premises.Plan, scenarios));
        }

        private void Gain(MemberGains gains, int number)
        {
            var baseline = _run.Outcome(0, Measure.MarginMinor);
            for (var s = 1; s < scenarios.Count; s++)
                gains.Add(number, s, _run.Outcome(s, Measure.MarginMinor) - baseline);
        }
    }
}
