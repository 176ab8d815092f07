using System.Runtime.CompilerServices;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Plan;

namespace DToC.Conformance;

/// <summary>
/// A host for tests on one thread: clock, disk, scheduling and delivery are drawn from a seed, and so are the
/// faults. Nothing moves by itself: <see cref="Step"/> takes a step, <see cref="PassTime"/> moves the clock.
/// </summary>
public sealed partial class SimulatedHost : ITwinHost
{
    /// <summary>Where the clock stands on an empty disk.</summary>
    public static readonly Instant Start = new(1_750_000_000_000);

    private readonly SimulatedWorld _world;
    private readonly List<Ticket> _open = [];
    private SimulatedProcess _process;
    private TaskCompletionSource? _published; // there while a subscriber waits

    /// <summary>A host on an empty disk.</summary>
    public SimulatedHost(SimulatedOptions options)
    {
        _world = new SimulatedWorld(options);
        _process = Boot();
    }

    /// <summary>True once no more messages are taken.</summary>
    public bool IsDraining { get; private set; }

    /// <inheritdoc/>
    public PlanCatalog Plans => _process.Plans;

    /// <summary>The clock of the machine.</summary>
    public Instant Now => _world.Clock;

    internal SimulatedWorld World => _world;

    internal Instant? NextWakeUp => _process.NextWakeUp;

    /// <summary>Takes one step; false when there is nothing to do at this time of the clock.</summary>
    public bool Step()
    {
        try
        {
            var before = _world.Commits;
            var moved = _process.Step();
            if (_world.Commits != before) Signal();
            return moved;
        }
        catch (CrashedException crash)
        {
            Restart(crash);
            return true;
        }
    }

    /// <summary>Kills the process and starts another on the same disk.</summary>
    public void Crash() => Restart(new CrashedException("on request"));

    /// <summary>Moves the clock.</summary>
    public void PassTime(long ms) => _world.Clock = _world.Clock.PlusMs(ms);

    /// <summary>Takes no more messages; those taken are carried out by further steps.</summary>
    public void Drain() => IsDraining = true;

    /// <summary>What is left of a resource, committed.</summary>
    public long LeftOf(string resource) =>
        Enumerable.Range(0, _world.Options.Partitions)
            .Select(partition => _world.Disk.Read(StoredForms.Lease(partition, resource)))
            .Sum(left => left is null ? 0 : StoredForms.ReadNumber(left));

    /// <inheritdoc/>
    public ValueTask<Reply> SendAsync(GrainKey key, GrainMessage message, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return new ValueTask<Reply>(Post(key, message).Task.WaitAsync(cancellation));
    }

    /// <inheritdoc/>
    public ValueTask<StoredState?> ReadAsync(GrainKey key, CancellationToken cancellation) =>
        new(_process.IsErased(key) ? null : Read(key));

    internal bool IsErased(GrainKey key) => _process.IsErased(key);

    /// <inheritdoc/>
    public Instant ErasedUntil(GrainKey key) => _process.ErasedUntil(key);

    /// <inheritdoc/>
    /// <exception cref="IOException">Nothing was done.</exception>
    public ValueTask<ReadmissionAnswer> ReadmitAsync(
        string token, Instant? since, string by, CancellationToken cancellation) =>
        new(_process.Readmit(token, since, by) ?? throw new IOException("Nobody was let in again."));

    /// <inheritdoc/>
    public ValueTask<Readmission?> FindReadmissionAsync(string token, CancellationToken cancellation) =>
        new(_process.FindReadmission(token));

    /// <inheritdoc/>
    public async IAsyncEnumerable<KeptRecord> ReadKeptAsync(
        DataSubject subject, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        foreach (var (_, record) in _process.KeptOf(subject).ToList()) yield return record;
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">It could not be begun, or the process died: then it goes on by itself.</exception>
    public async ValueTask<ErasureReceipt> EraseAsync(
        DataSubject subject, string by, CancellationToken cancellation)
    {
        var done = new TaskCompletionSource<ErasureReceipt>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (BeginErasure(subject, by) is not { } erasure) throw new IOException("The erasure was not begun.");
        erasure.Await(done.SetResult);
        return await done.Task.WaitAsync(cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<SegmentsReading> ReadSegmentsAsync(CancellationToken cancellation) =>
        new(ReadSegments());

    internal SegmentsReading ReadSegments() => _process.ReadSegments();

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<GrainRow>> ReadRowsAsync(
        GrainKey key, string from, int limit, CancellationToken cancellation) =>
        new(ReadRows(key, from, limit));

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> ReadRowAsync(
        GrainKey key, string row, CancellationToken cancellation) =>
        new(_world.Disk.Read(StoredForms.Rows(key) + row) is { } found ? found : (ReadOnlyMemory<byte>?)null);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JournalEntry>> ReadJournalAsync(
        GrainKey key, CancellationToken cancellation) =>
        new(IsErased(key) ? [] : ReadJournal(key));

    /// <inheritdoc/>
    public async IAsyncEnumerable<Published> SubscribeAsync(
        Topic topic, string? cursor, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var after = cursor ?? ReadPublished(topic, Published.Beginning, int.MaxValue).LastOrDefault()?.Cursor
            ?? Published.Beginning;
        while (!cancellation.IsCancellationRequested)
        {
            _published ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var signal = _published.Task;
            foreach (var published in ReadPublished(topic, after, 16))
            {
                after = published.Cursor;
                yield return published;
                signal = Task.CompletedTask;
            }
            await signal.WaitAsync(cancellation);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">It could not be stored: the disk is full, or the process died.</exception>
    public ValueTask ReplaceDefinitionAsync(TwinPlan plan, CancellationToken cancellation) =>
        Replace(plan) ? ValueTask.CompletedTask : throw new IOException("The definition could not be stored.");

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<GrainKey>> ListAsync(
        GrainKind kind, string after, int limit, CancellationToken cancellation)
    {
        var prefix = StoredForms.States(kind);
        var names = _world.Disk.Scan(prefix, after.Length == 0 ? null : prefix + after + '\0');
        return new([.. names.Take(limit).Select(e => new GrainKey(kind, e.Key[prefix.Length..]))]);
    }

    /// <inheritdoc/>
    public HostStatus Status() => new()
    {
        Ready = !IsDraining,
        Problem = IsDraining ? "draining" : null,
        Partitions = [.. _process.Partitions.Select(Status)],
    };

    internal Ticket Post(GrainKey key, GrainMessage message, long heldUntil = 0)
    {
        var ticket = new Ticket();
        if (IsDraining)
        {
            ticket.Take(new Reply.Unavailable("The host is draining."));
            return ticket;
        }
        _open.Add(ticket);
        _process.Post(new Envelope(key, message, "client", reply =>
        {
            _open.Remove(ticket);
            ticket.Take(reply);
        })
        {
            HeldUntil = heldUntil,
        });
        return ticket;
    }

    /// <summary>
    /// Asks to erase whoever a customer is: the ticket gets an <see cref="EraseReply"/>, or
    /// <see cref="Reply.Erased"/>.
    /// </summary>
    internal Ticket PostErasure(string customer)
    {
        var ticket = new Ticket();
        if (IsErased(GrainKey.Customer(customer)))
        {
            ticket.Take(Reply.Erased.Instance);
            return ticket;
        }
        // All it reads is in memory: it is done when it returns.
        var subject = CustomerSubject.FindAsync(this, Plans, customer, default).AsTask().GetAwaiter().GetResult();
        if (BeginErasure(subject, customer) is { } erasure)
        {
            _open.Add(ticket);
            erasure.Await(receipt =>
            {
                _open.Remove(ticket);
                ticket.Take(new EraseReply(receipt));
            });
        }
        else ticket.Take(null);
        return ticket;
    }

    /// <summary>Begins an erasure; null when it was not, or nobody knows.</summary>
    internal SimulatedErasure? BeginErasure(DataSubject subject, string by)
    {
        try
        {
            return _process.BeginErasure(subject, by);
        }
        catch (CrashedException crash)
        {
            Restart(crash);
            return null;
        }
    }

    /// <summary>True when the definition is in force; otherwise ask again.</summary>
    internal bool Replace(TwinPlan plan)
    {
        try
        {
            return _process.Replace(plan);
        }
        catch (CrashedException crash)
        {
            Restart(crash);
            return false;
        }
    }

    internal IReadOnlyList<GrainRow> ReadRows(GrainKey key, string from, int limit) =>
        new PendingRows(_world.Disk, key, []).Range(from, limit);

    internal IReadOnlyList<JournalEntry> ReadJournal(GrainKey key) =>
        [.. _world.Disk.Scan(StoredForms.Journal(key)).Select(e => StoredForms.ReadEntry(e.Value))];

    /// <summary>
    /// The journal as it is kept, with the entries that are gone from it, and those among them that turns forgot.
    /// </summary>
    internal (IReadOnlyList<JournalEntry> Kept, IReadOnlyList<JournalEntry> Whole, IReadOnlySet<JournalEntry> Forgotten)
        ReadWholeJournal(GrainKey key)
    {
        var names = _world.Disk.Scan(StoredForms.Journal(key))
            .Select(e => (e.Key, Entry: StoredForms.ReadEntry(e.Value))).ToList();
        var kept = names.ConvertAll(e => e.Entry);
        var forgotten = new HashSet<JournalEntry>(ReferenceEqualityComparer.Instance);
        if (_world.Expired.GetValueOrDefault(key) is { } expired)
        {
            names.AddRange(expired.Where(e => _world.Disk.Read(e.Key) is null)
                .Select(e => (e.Key, StoredForms.ReadEntry(e.Value))));
        }
        foreach (var (name, bytes) in _world.Disk.Scan(StoredForms.Forgotten(key)))
        {
            var journaled = StoredForms.Journal(key) + StoredForms.Tail(name);
            // What retention removed was not there to be forgotten.
            if (names.Exists(known => known.Key == journaled)) continue;
            var entry = StoredForms.ReadEntry(bytes);
            names.Add((journaled, entry));
            forgotten.Add(entry);
        }
        if (names.Count == kept.Count) return (kept, kept, forgotten);
        names.Sort(static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        return (kept, names.ConvertAll(e => e.Entry), forgotten);
    }

    /// <summary>All that the disk keeps of some customers.</summary>
    internal IEnumerable<KeptRecord> KeptOf(DataSubject subject) =>
        _process.KeptOf(subject).Select(kept => kept.Record);

    internal StoredState? Read(GrainKey key)
    {
        var kept = _world.Options.Sabotage == Sabotage.ServesUncommittedReads
            ? _process.Newest(key)
            : _process.Committed(key);
        return kept is null ? null : new StoredState(kept.Bytes, kept.Version);
    }

    /// <exception cref="FormatException">The cursor is not one of this host's.</exception>
    internal IReadOnlyList<Published> ReadPublished(Topic topic, string cursor, int limit)
    {
        if (!long.TryParse(cursor, System.Globalization.NumberStyles.None, null, out var after))
        {
            throw new FormatException($"A cursor of this host is a number from 0; this is not: {cursor}");
        }
        var found = new List<Published>();
        var from = $"{StoredForms.Published}{after + 1:d19}";
        foreach (var (name, bytes) in _world.Disk.Scan(StoredForms.Published, from))
        {
            if (found.Count == limit) break;
            var (of, id, payload) = StoredForms.ReadPublished(bytes);
            var position = StoredForms.Number(name[StoredForms.Published.Length..]);
            if (of == topic) found.Add(new Published(id, position.ToString(), payload));
        }
        return found;
    }

    private void Signal()
    {
        var signal = _published;
        _published = null;
        signal?.SetResult();
    }

    private void Restart(CrashedException crash)
    {
        _world.Note($"crash    {crash.Message}");
        _world.Discards++;
        _world.WakesOverCrash += _process.WakesWaiting;
        _process = Boot();
        foreach (var ticket in _open.ToList()) ticket.Take(null);
        _open.Clear();
        IsDraining = false;
    }

    private SimulatedProcess Boot()
    {
        while (true)
        {
            try
            {
                return new SimulatedProcess(_world);
            }
            catch (CrashedException crash)
            {
                _world.Note($"crash    {crash.Message}");
            }
        }
    }

    private PartitionStatus Status(SimulatedPartition partition)
    {
        var active = _process.Activations.Where(a => a.Partition == partition.Number).ToList();
        return new PartitionStatus
        {
            Partition = partition.Number,
            Activations = active.GroupBy(a => a.Key.Kind).ToDictionary(g => g.Key, g => g.Count()),
            ResidentBytes = active.Sum(a => (long)(_process.Newest(a.Key)?.Bytes.Length ?? 0)),
            MailboxLength = _process.Waiting(partition.Number),
            Turns = partition.Turns,
            Commits = partition.Commits,
            FailedCommits = partition.FailedCommits,
            Evictions = partition.Evictions,
            JournalEntries = partition.JournalEntries,
            PendingEffects = _process.PendingEffects(partition.Number),
        };
    }
}
