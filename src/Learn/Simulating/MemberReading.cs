using System.Buffers;
using System.Runtime.CompilerServices;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Features;
using DToC.Twin.Plan;
using DToC.Twin.Segments;
using DToC.Twin.State;

namespace DToC.Learn.Simulating;

/// <summary>
/// Reads the members of a population from a host: their committed states, or their states as of a past moment folded
/// anew from their journals.
/// </summary>
public sealed class MemberReading
{
    private const int PageSize = 1_024;
    private const int MaxHops = 4;

    /// <summary>Most groups that members can be counted in.</summary>
    public const int MostGroups = 16;

    private readonly ITwinHost _host;
    private readonly PlanCatalog _plans;
    private readonly PopulationChoice _choice;
    private readonly SegmentPlan? _segment;
    private readonly SegmentPlan[] _groups;
    private readonly Instant? _past;
    private readonly Instant _moment;
    private readonly Vectors _vectors;
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private CustomerActivation? _rest;

    /// <summary>Reads a population.</summary>
    /// <param name="host">Whose.</param>
    /// <param name="choice">Which.</param>
    /// <param name="groups">Names of segments whose members are told apart, at most <see cref="MostGroups"/>.</param>
    /// <param name="past">The past moment whose states are wanted; null for those committed.</param>
    /// <param name="now">The moment of the reading: segments are looked at then, or at the past moment.</param>
    /// <exception cref="ArgumentException">Choice or groups cannot be used; the message says what would be
    /// right.</exception>
    public MemberReading(
        ITwinHost host, PopulationChoice choice, IReadOnlyList<string> groups, Instant? past, Instant now)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(choice);
        ArgumentNullException.ThrowIfNull(groups);
        (_host, _plans, _choice, _past, _moment) = (host, host.Plans, choice, past, past ?? now);
        var segments = _plans.Current.Segments;
        if (choice.Problem(segments.Select(s => s.Name)) is { } wrong)
            throw new ArgumentException($"{wrong}.", nameof(choice));
        if (groups.Count > MostGroups)
            throw new ArgumentException($"groups has {groups.Count} segments; {MostGroups} at most.", nameof(groups));
        _segment = choice.Segment is { } name ? Find(segments, name, "population.segment") : null;
        _groups = [.. groups.Select(group => Find(segments, group, "groups"))];
        _vectors = new Vectors(_plans.Current);
    }

    /// <summary>Customers looked at so far, members or not.</summary>
    public long Looked { get; private set; }

    /// <summary>Named customers that there are not, or were not by then.</summary>
    public long Unknown { get; private set; }

    /// <summary>Whether each pass over a population of this kind gives the same members in the same states.</summary>
    private bool IsWhole => _choice is { Customers: null, Cohort: null, Sample: null };

    /// <summary>Reads all members into memory.</summary>
    /// <param name="mostBytes">Bytes they may take.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>The members; null when they take more, and can be read page by page instead.</returns>
    /// <exception cref="InvalidOperationException">They take more, and cannot.</exception>
    public async Task<KeptMembers?> KeepAsync(long mostBytes, CancellationToken cancellation)
    {
        var kept = new KeptMembers();
        var sample = _choice.Sample is { } most ? new LeastHashes(most, _choice.SampleSeed) : null;
        (Looked, Unknown) = (0, 0);
        await foreach (var page in PagesAsync(cancellation))
        {
            foreach (var member in page)
            {
                if (sample is not null) sample.Offer(member);
                else kept.Add(member.Id, member.Stored.Span, member.Groups);
            }
            if (Math.Max(kept.Bytes, sample?.Bytes ?? 0) <= mostBytes) continue;
            if (IsWhole) return null;
            throw new InvalidOperationException(
                $"The members take more than the {mostBytes >> 20} MiB that are allowed; take a smaller sample.");
        }
        if (sample is null) return kept;
        foreach (var member in sample.InOrder()) kept.Add(member.Id, member.Stored.Span, member.Groups);
        return kept;
    }

    /// <summary>Reads all members page by page; a sample is not drawn.</summary>
    /// <param name="cancellation">Ends the reading.</param>
    public async IAsyncEnumerable<IReadOnlyList<Member>> PagesAsync(
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var number = 0;
        List<Member> members = [];
        if (_choice is not { Customers: null, Cohort: null })
        {
            HashSet<string> seen = new(StringComparer.Ordinal);
            await foreach (var names in NamesAsync(cancellation))
            {
                members = [];
                foreach (var (id, stored) in await NamedAsync(names, seen, cancellation))
                {
                    if (await MemberAsync(number, id, stored, cancellation) is not { } member) continue;
                    members.Add(member);
                    number++;
                }
                yield return members;
            }
            yield break;
        }
        await foreach (var page in _host.ReadAllAsync(GrainKind.Customer, null, PageSize, cancellation))
        {
            members = new List<Member>(page.States.Count);
            foreach (var (key, state) in page.States)
            {
                Looked++;
                if (await MemberAsync(number, key.Id, state, cancellation) is not { } member) continue;
                members.Add(member);
                number++;
            }
            yield return members;
        }
    }

    private static SegmentPlan Find(IReadOnlyList<SegmentPlan> segments, string name, string where) =>
        segments.FirstOrDefault(segment => segment.Name == name) ?? throw new ArgumentException(
            $"{where} names '{name}'; there are {string.Join(", ", segments.Select(s => s.Name))}.", nameof(segments));

    /// <summary>The customers named, those of a cohort, or of both those in both; page by page.</summary>
    private async IAsyncEnumerable<IReadOnlyList<string>> NamesAsync(
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (_choice.Cohort is not { } cohort)
        {
            yield return _choice.Customers ?? [];
            yield break;
        }
        var key = CohortGrain.KeyOf(cohort);
        if (await _host.ReadRowAsync(key, CohortGrain.HeaderRow, cancellation) is null)
            throw new InvalidOperationException($"population.cohort is '{cohort}', and there is no such cohort.");
        var named = _choice.Customers?.ToHashSet(StringComparer.Ordinal);
        for (var from = CohortGrain.MemberPrefix; ;)
        {
            var rows = await _host.ReadRowsAsync(key, from, PageSize, cancellation);
            var members = rows.Where(IsMember).Select(CohortGrain.MemberOf);
            yield return [.. members.Where(id => named?.Contains(id) != false)];
            if (rows.Count < PageSize || !IsMember(rows[^1])) yield break;
            from = rows[^1].Row + "\0"; // the next one in ordinal order
        }

        static bool IsMember(GrainRow row) => row.Row.StartsWith(CohortGrain.MemberPrefix, StringComparison.Ordinal);
    }

    private async Task<List<(string Id, StoredState State)>> NamedAsync(
        IReadOnlyList<string> named, HashSet<string> seen, CancellationToken cancellation)
    {
        List<(string, StoredState)> found = [];
        foreach (var name in named)
        {
            Looked++;
            var (id, hops) = (name, 0);
            var stored = await _host.ReadAsync(GrainKey.Customer(id), cancellation);
            while (stored is not null && hops++ < MaxHops && Decode(stored).MovedTo is { } target)
            {
                id = target;
                stored = await _host.ReadAsync(GrainKey.Customer(id), cancellation);
            }
            if (stored is null) Unknown++;
            else if (seen.Add(id)) found.Add((id, stored));
        }
        return found;
    }

    private CustomerState Decode(StoredState stored) =>
        (_rest = CustomerCodec.Read(stored.Bytes.Span, _plans, _rest)).Twin;

    /// <summary>A member, or null when this one is none. States are decoded only where that tells something.</summary>
    private async ValueTask<Member?> MemberAsync(
        int number, string id, StoredState stored, CancellationToken cancellation)
    {
        if (_past is null && _segment is null && _groups.Length == 0)
            return new Member(number, id, stored.Bytes, 0);
        var state = Decode(stored);
        if (state.MovedTo is not null) return null;
        var bytes = stored.Bytes;
        if (_past is { } past)
        {
            if (await AsOfAsync(GrainKey.Customer(id), state, past, cancellation) is not { } then) return null;
            state = then;
            bytes = Encoded(then);
        }
        if (_segment is null && _groups.Length == 0) return new Member(number, id, bytes, 0);
        FeatureReader.Fill(_vectors, state, _moment);
        Scorer.ScoreAll(_vectors);
        if (_segment is not null && !Holds(_segment)) return null;
        var groups = 0UL;
        for (var g = 0; g < _groups.Length; g++)
        {
            if (Holds(_groups[g])) groups |= 1UL << g;
        }
        return new Member(number, id, bytes, groups);
    }

    private bool Holds(SegmentPlan segment) =>
        (segment.Categories & ~_vectors.Lawful[segment.Purpose]) == 0
        && segment.Rule.IsTrue(_vectors.Numbers, _vectors.Texts);

    private async ValueTask<CustomerState?> AsOfAsync(
        GrainKey key, CustomerState today, Instant past, CancellationToken cancellation)
    {
        var journal = await _host.ReadJournalAsync(key, today, cancellation);
        var history = CustomerHistory.Read(new History(journal), key, _plans, today);
        var then = history.AsOf([past], today).First();
        return then is null || then.FirstAt.IsNever || then.FirstAt > past ? null : then;
    }

    private byte[] Encoded(CustomerState state)
    {
        _buffer.ResetWrittenCount();
        CustomerCodec.Write(new CustomerActivation(state), _buffer);
        return _buffer.WrittenSpan.ToArray();
    }
}
