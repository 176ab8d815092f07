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

    private static readonly Comparer<ulong> GreatestFirst = Comparer<ulong>.Create((a, b) => b.CompareTo(a));

    private readonly ITwinHost _host;
    private readonly Instant _now;
    private readonly Vectors _vectors;
    private Sample? _sample;

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

    /// <summary>
    /// When the past that each task may learn from begins and ends, of the same customers as are read: those whose
    /// consents and restrictions allow it.
    /// </summary>
    /// <param name="tasks">What is to be read.</param>
    /// <param name="customers">Most customers, as for <see cref="ReadAsync"/>.</param>
    /// <param name="seed">Seed of the sample.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<IReadOnlyList<PastSpan>> SpansAsync(
        IReadOnlyList<ModelTask> tasks, long customers, ulong seed, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        var spans = Enumerable.Repeat(PastSpan.None, tasks.Count).ToArray();
        await foreach (var (_, state) in StatesAsync(customers, seed, cancellation))
        {
            if (state.FirstAt.IsNever) continue;
            for (var t = 0; t < spans.Length; t++) spans[t] = spans[t].With(state, MayLearn(tasks[t], state));
        }
        return spans;
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
        var (read, count) = (0L, (await SampleAsync(customers, seed, cancellation)).Customers);
        await foreach (var (key, today) in StatesAsync(customers, seed, cancellation))
        {
            var wanted = tasks.Where(task => MayLearn(task, today)).ToList();
            if (wanted.Count > 0)
            {
                var entries = await _host.ReadJournalAsync(key, today, cancellation);
                var history = CustomerHistory.Read(new History(entries), key, _host.Plans, today);
                foreach (var task in wanted) task.Sequences?.Add((int)read, history.Events);
                wanted.RemoveAll(task => task.Sequences is not null);
                if (wanted.Count > 0) Read(history, today, (int)read, moments, wanted);
            }
            progress?.Invoke(new ReadingProgress(++read, count));
        }
    }

    private void Read(
        CustomerHistory history, CustomerState today, int customer, List<Instant> moments,
        IReadOnlyList<TaskReading> tasks)
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
            foreach (var cut in tasks[t].ToFill) Add(tasks[t], t, customer, cut, seen);
            if (!tasks[t].Needs.HasFlag(ReadingNeeds.Everybody)) continue;
            if (seen.GetValueOrDefault(tasks[t].LastKnown) is not { } last || !last.IsAmong[t]) continue;
            tasks[t].Everybody.Add(customer, InputsOf(tasks[t].Task, last), double.NaN, double.NaN, double.NaN);
        }
    }

    private static void Add(
        TaskReading reading, int t, int customer, Instant cut, Dictionary<Instant, Seen?> seen)
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
        var examples = reading.At(cut);
        examples.Add(
            customer, examples.HasRows ? InputsOf(task, then) : [], outcome,
            isKept ? target.Of(earlier, value) : double.NaN,
            then.Numbers[task.Plan.Vector.FirstScore + task.Model]);
    }

    private static double[] InputsOf(ModelTask task, Seen then) =>
        [.. task.Inputs.Select(slot => then.Numbers[slot])];

    private bool MayLearn(TaskReading reading, CustomerState state)
    {
        if (MayLearn(reading.Task, state)) return true;
        reading.Withheld++;
        return false;
    }

    private bool MayLearn(ModelTask task, CustomerState state) =>
        (task.Categories & ~ConsentGate.Lawful(state, task.Of.Purpose, _now)) == 0;

    private static List<Instant> MomentsOf(IReadOnlyList<TaskReading> tasks)
    {
        var moments = new SortedSet<Instant>();
        foreach (var task in tasks)
        {
            if (task.Needs.HasFlag(ReadingNeeds.Everybody)) moments.Add(task.LastKnown);
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
        var sample = await SampleAsync(most, seed, cancellation);
        var read = 0L;
        await foreach (var key in KeysAsync(cancellation))
        {
            // Who came since the sample was drawn may be among its hashes, too.
            if (StableHash.Of(key.Id, seed) > sample.LastHash || ++read > most) continue;
            if (await _host.ReadAsync(key, cancellation) is not { } stored) continue;
            var state = CustomerCodec.Read(stored.Bytes.Span, _host.Plans).Twin;
            if (state.Plan != Plan)
                throw new InvalidOperationException("The definition changed meanwhile; begin again.");
            if (state.MovedTo is null) yield return (key, state);
        }
    }

    // Those with the least hashes, as many as asked. Drawn once: who comes meanwhile changes neither the sample nor,
    // by much, how far the reading is.
    private async ValueTask<Sample> SampleAsync(long most, ulong seed, CancellationToken cancellation)
    {
        if (_sample is { } known && (known.Most, known.Seed) == (most, seed)) return known;
        var (count, least) = (0L, new PriorityQueue<ulong, ulong>(GreatestFirst));
        await foreach (var key in KeysAsync(cancellation))
        {
            count++;
            var hash = StableHash.Of(key.Id, seed);
            if (least.Count < most) least.Enqueue(hash, hash);
            else least.EnqueueDequeue(hash, hash);
        }
        var last = count > most ? least.Peek() : ulong.MaxValue;
        return _sample = new Sample(most, seed, Math.Min(most, count), last);
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

    private sealed record Sample(long Most, ulong Seed, long Customers, ulong LastHash);
}
