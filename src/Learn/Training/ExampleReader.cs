using System.Runtime.CompilerServices;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Consent;
using DToC.Twin.Features;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Learn.Training;

/// <summary>How far the reading of journals has come.</summary>
/// <param name="Customers">Customers read.</param>
/// <param name="Of">Customers to be read, about.</param>
public readonly record struct ReadingProgress(long Customers, long Of);

/// <summary>
/// Reads customers' pasts out of a host's journals: for each moment the features as they were then, and what came true
/// after. A customer is learnt from only where today's consents and restrictions allow it for the model's purpose.
/// </summary>
public sealed class ExampleReader
{
    private const int Page = 1_000;

    private readonly ITwinHost _host;
    private readonly Instant _now;
    private readonly Vectors _vectors;
    private long? _count;

    /// <summary>Reads a host's customers.</summary>
    /// <param name="host">Whose.</param>
    /// <param name="now">The moment whose consents count.</param>
    public ExampleReader(ITwinHost host, Instant now)
    {
        ArgumentNullException.ThrowIfNull(host);
        (_host, _now) = (host, now);
        _vectors = new Vectors(host.Plans.Current);
    }

    private TwinPlan Plan => _vectors.Plan;

    /// <summary>When the past of some customers begins, and when it ends; null when there is none.</summary>
    /// <param name="customers">Most customers to look at.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<(Instant First, Instant Last)?> SpanAsync(long customers, CancellationToken cancellation)
    {
        (Instant First, Instant Last)? span = null;
        await foreach (var (_, state) in StatesAsync(customers, seed: 0, cancellation))
        {
            if (state.FirstAt.IsNever) continue;
            var last = span is { } known ? Instant.Max(known.Last, state.LastAt) : state.LastAt;
            span = (span is { } s && s.First < state.FirstAt ? s.First : state.FirstAt, last);
        }
        return span;
    }

    /// <summary>Reads all customers, or a sample of them, for all tasks at once.</summary>
    /// <param name="tasks">What to read; filled.</param>
    /// <param name="customers">Most customers; which of more is a function of their ids and the seed.</param>
    /// <param name="seed">Seed of the sample.</param>
    /// <param name="progress">Told after every customer; null for nobody.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task ReadAsync(
        IReadOnlyList<TaskReading> tasks, long customers, ulong seed, Action<ReadingProgress>? progress,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        var moments = MomentsOf([.. tasks.Where(task => task.Sequences is null)]);
        var (read, count) = (0L, Math.Min(customers, await CountAsync(cancellation)));
        await foreach (var (key, today) in StatesAsync(customers, seed, cancellation))
        {
            var wanted = tasks.Where(task => MayLearn(task, today)).ToList();
            if (wanted.Count > 0)
            {
                var entries = await _host.ReadJournalAsync(key, today, cancellation);
                var history = CustomerHistory.Read(new History(entries), key, _host.Plans, today);
                foreach (var task in wanted) task.Sequences?.Add(history.Events);
                wanted.RemoveAll(task => task.Sequences is not null);
                if (wanted.Count > 0) Read(history, today, moments, wanted);
            }
            progress?.Invoke(new ReadingProgress(++read, count));
        }
    }

    private void Read(
        CustomerHistory history, CustomerState today, List<Instant> moments, IReadOnlyList<TaskReading> tasks)
    {
        // Null of a moment before what is kept: nothing is known of it.
        var seen = new Dictionary<Instant, Seen?>();
        var at = 0;
        foreach (var state in history.AsOf(moments, today))
        {
            var moment = moments[at++];
            if (state is null)
            {
                seen[moment] = null;
                continue;
            }
            // Who was not there yet has nothing to be forecast of, and nothing that came true.
            if (state.FirstAt.IsNever || state.FirstAt > moment) continue;
            FeatureReader.Fill(_vectors, state, moment);
            Scorer.ScoreAll(_vectors);
            seen[moment] = new Seen(
                _vectors.Numbers.ToArray(), [.. tasks.Select(t => t.Task.Target?.Among?
                    .IsTrue(_vectors.Numbers, _vectors.Texts) ?? true)]);
        }
        for (var t = 0; t < tasks.Count; t++)
        {
            foreach (var cut in tasks[t].Moments) Add(tasks[t], t, cut, seen);
            if (seen.GetValueOrDefault(tasks[t].LastKnown) is not { } last || !last.IsAmong[t]) continue;
            tasks[t].Everybody.Add(InputsOf(tasks[t].Task, last), double.NaN, double.NaN, double.NaN);
        }
    }

    private static void Add(TaskReading reading, int t, Instant cut, Dictionary<Instant, Seen?> seen)
    {
        var task = reading.Task;
        if (task.Target is not { } target) return;
        if (seen.GetValueOrDefault(cut) is not { } then || !then.IsAmong[t]) return;
        if (seen.GetValueOrDefault(cut.PlusMs(target.HorizonMs)) is not { } after) return;
        var isKept = !seen.TryGetValue(cut.PlusMs(-target.HorizonMs), out var before) || before is not null;
        var earlier = before?.Numbers[target.Feature] ?? 0;
        var value = then.Numbers[target.Feature];
        var outcome = target.Of(value, after.Numbers[target.Feature]);
        if (!double.IsFinite(outcome)) return;
        reading.At(cut).Add(
            InputsOf(task, then), outcome, isKept ? target.Of(earlier, value) : double.NaN,
            then.Numbers[task.Plan.Vector.FirstScore + task.Model]);
    }

    private static double[] InputsOf(ModelTask task, Seen then) =>
        [.. task.Inputs.Select(slot => then.Numbers[slot])];

    private bool MayLearn(TaskReading reading, CustomerState state)
    {
        var lawful = ConsentGate.Lawful(state, reading.Task.Of.Purpose, _now);
        if ((reading.Task.Categories & ~lawful) == 0) return true;
        reading.Withheld++;
        return false;
    }

    private static List<Instant> MomentsOf(IReadOnlyList<TaskReading> tasks)
    {
        var moments = new SortedSet<Instant>();
        foreach (var task in tasks)
        {
            moments.Add(task.LastKnown);
            foreach (var cut in task.Moments)
            {
                var horizonMs = task.Task.Target?.HorizonMs ?? 0;
                moments.Add(cut.PlusMs(-horizonMs));
                moments.Add(cut);
                moments.Add(cut.PlusMs(horizonMs));
            }
        }
        return [.. moments];
    }

    /// <summary>Customers that were not merged into others, with their states under the plan in force.</summary>
    private async IAsyncEnumerable<(GrainKey Key, CustomerState State)> StatesAsync(
        long most, ulong seed,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var share = most / (double)Math.Max(most, await CountAsync(cancellation));
        await foreach (var key in KeysAsync(cancellation))
        {
            if (share < 1 && StableHash.ToUnit(StableHash.Of(key.Id, seed)) >= share) continue;
            if (await _host.ReadAsync(key, cancellation) is not { } stored) continue;
            var state = CustomerCodec.Read(stored.Bytes.Span, _host.Plans).Twin;
            if (state.Plan != Plan)
                throw new InvalidOperationException("The definition changed meanwhile; begin again.");
            if (state.MovedTo is null) yield return (key, state);
        }
    }

    // Counted once: who comes meanwhile changes neither the sample nor, by much, how far the reading is.
    private async ValueTask<long> CountAsync(CancellationToken cancellation)
    {
        if (_count is { } known) return known;
        var count = 0L;
        await foreach (var _ in KeysAsync(cancellation)) count++;
        _count = count;
        return count;
    }

    private async IAsyncEnumerable<GrainKey> KeysAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var after = "";;)
        {
            var keys = await _host.ListAsync(GrainKind.Customer, after, Page, cancellation);
            foreach (var key in keys) yield return key;
            if (keys.Count < Page) yield break;
            after = keys[^1].Id;
        }
    }

    private sealed record Seen(double[] Numbers, bool[] IsAmong);
}
