using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Plan;

namespace DToC.Conformance;

/// <summary>How a host under test starts: on an empty store, with probes unless it says otherwise.</summary>
public sealed record HostSetup
{
    /// <summary>The grains it runs.</summary>
    public GrainCatalog Grains { get; init; } = GrainCatalog.Empty.With(() => new ProbeGrain());

    /// <summary>The definition it starts with.</summary>
    public TwinPlan Plan { get; init; } = ProbePlans.First;

    /// <summary>False for a host that removes nothing and asks for no checkpoint by itself.</summary>
    public bool HasUpkeep { get; init; } = true;

    /// <summary>Leases held at the start, by resource, all partitions together.</summary>
    public IReadOnlyDictionary<string, long> Leases { get; init; } =
        new SortedDictionary<string, long>(StringComparer.Ordinal);
}

/// <summary>A host with the levers that the contract's checks pull. One for each implementation.</summary>
public abstract class HostUnderTest : IAsyncDisposable
{
    /// <summary>The host that runs now; another one after a restart.</summary>
    public abstract ITwinHost Host { get; }

    /// <summary>The time of the host's clock.</summary>
    public abstract Instant Now { get; }

    /// <summary>Waits for a task while the host works.</summary>
    public abstract Task<T> WaitFor<T>(Task<T> task);

    /// <summary>
    /// Waits until a condition holds while the host works; false when it does not come to hold.
    /// </summary>
    public abstract Task<bool> Until(Func<Task<bool>> condition);

    /// <summary>Moves the host's clock, back too, and lets the host do what is due.</summary>
    public abstract Task PassTime(long ms);

    /// <summary>Lets the host finish all it has to do at this time of its clock.</summary>
    public abstract Task Settle();

    /// <summary>
    /// Ends the host without a chance to finish anything and starts it again on the same store.
    /// </summary>
    public abstract Task CrashAndRestart();

    /// <summary>Starts draining, waits until it is done; <see cref="Host"/> stays the drained one.</summary>
    public abstract Task Drain();

    /// <summary>
    /// Sends a message whose commit fails, and waits for the reply; later commits may succeed.
    /// </summary>
    /// <param name="meanwhile">Is run again and again until the reply has come.</param>
    public abstract Task<Reply> TellWhileCommitsFail(string id, GrainMessage message, Func<Task> meanwhile);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>Sends and waits for the reply.</summary>
    public Task<Reply> Tell(string id, GrainMessage message) => WaitFor(Begin(id, message));

    /// <summary>Sends without waiting.</summary>
    public Task<Reply> Begin(string id, GrainMessage message) =>
        Host.SendAsync(ProbeGrain.Key(id), message, CancellationToken.None).AsTask();

    /// <summary>The committed state of a probe; that of a new one when it was never written.</summary>
    public async Task<ProbeState> State(string id)
    {
        var stored = await WaitFor(Host.ReadAsync(ProbeGrain.Key(id), CancellationToken.None).AsTask());
        return stored is null ? new ProbeState() : ProbeCodec.ReadState(stored.Bytes.Span);
    }

    /// <summary>The committed journal of a probe.</summary>
    public Task<IReadOnlyList<JournalEntry>> Journal(string id) =>
        WaitFor(Host.ReadJournalAsync(ProbeGrain.Key(id), CancellationToken.None).AsTask());

    /// <summary>The committed rows of a probe.</summary>
    public Task<IReadOnlyList<GrainRow>> Rows(string id, string from = "", int limit = 1_000) =>
        WaitFor(Host.ReadRowsAsync(ProbeGrain.Key(id), from, limit, CancellationToken.None).AsTask());

    /// <summary>Published effects after a cursor until so many have come.</summary>
    public Task<List<Published>> Published(string? cursor, int count) => WaitFor(Take(cursor, count));

    /// <summary>Sends and waits for the reply; runs <paramref name="meanwhile"/> as often as the host allows.</summary>
    protected async Task<Reply> TellAndWatch(string id, GrainMessage message, Func<Task> meanwhile)
    {
        var sent = Begin(id, message);
        await Until(async () =>
        {
            await meanwhile();
            return sent.IsCompleted;
        });
        return await WaitFor(sent);
    }

    private async Task<List<Published>> Take(string? cursor, int count)
    {
        var taken = new List<Published>();
        using var stop = new CancellationTokenSource();
        await foreach (var published in Host.SubscribeAsync(Topic.Probe, cursor, stop.Token))
        {
            taken.Add(published);
            if (taken.Count == count) break;
        }
        return taken;
    }
}
