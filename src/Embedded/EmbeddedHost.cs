using System.Runtime.CompilerServices;
using DToC.Embedded.Effects;
using DToC.Embedded.Erasures;
using DToC.Embedded.Segments;
using DToC.Embedded.Storage;
using DToC.Embedded.Turns;
using DToC.Embedded.Upkeep;
using DToC.Embedded.Watching;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Plan;
using Microsoft.Extensions.Logging;

namespace DToC.Embedded;

/// <summary>
/// Host 1: all of a twin's life in one process on SQLite files in one folder. A message is answered after the
/// commit that holds its turn; reads are served the last committed state while commits go on.
/// </summary>
public sealed class EmbeddedHost : ITwinHost, IAsyncDisposable
{
    private readonly HostContext _context;
    private readonly DataFolder _folder;
    private readonly CancellationTokenSource _stopping;
    private readonly List<Task> _loops = [];
    private readonly UpkeepLoop[] _upkeep;
    private readonly DiskWatch _disk;
    private readonly StoredTwins _store;
    private readonly Erasing _erasing;
    private readonly SemaphoreSlim _replacing = new(1, 1);
    private string? _problem;
    private int _disposed;

    internal EmbeddedHost(HostContext context, DataFolder folder, CancellationTokenSource stopping)
    {
        _context = context;
        _folder = folder;
        _stopping = stopping;
        _upkeep = Array.ConvertAll(context.Partitions, partition => new UpkeepLoop(partition));
        _disk = new DiskWatch(context);
        _store = new StoredTwins(context);
        _erasing = new Erasing(context);
        _disk.Look();
        foreach (var partition in context.Partitions) partition.Start();
        for (var i = 0; i < _upkeep.Length; i++)
        {
            var partition = context.Partitions[i];
            _loops.Add(WatchAsync(partition, partition.SendEffectsAsync));
            _loops.Add(WatchAsync(partition, partition.WakeUpAsync));
            _loops.Add(WatchAsync(partition, new Refolding(partition).RunAsync));
            _loops.Add(WatchAsync(partition, new Recount(partition).RunAsync));
            _loops.Add(WatchAsync(partition, _upkeep[i].RunAsync));
        }
        _loops.Add(WatchAsync(context.Partitions[0], _disk.RunAsync));
        _loops.Add(WatchAsync(context.Partitions[0], _erasing.ResumeAsync));
        context.Log.Started(context.PartitionCount, context.FolderId);
    }

    /// <inheritdoc/>
    public PlanCatalog Plans => _context.Plans;

    /// <summary>
    /// The secret that identifiers are hashed with where the definition says so: 32 bytes, the same for as long as the
    /// folder has its vault.
    /// </summary>
    public ReadOnlyMemory<byte> IdentifierKey => _context.Vault.Secret("identifiers");

    /// <summary>Partitions as opened, for tests of this assembly.</summary>
    internal IReadOnlyList<Partition> Partitions => _context.Partitions;

    /// <summary>
    /// Opens or creates the folder, resumes what was under way, and takes messages from then on.
    /// </summary>
    /// <exception cref="ArgumentException">An option cannot work; the message names it.</exception>
    /// <exception cref="DataFolderException">The folder cannot be used; the message says what to
    /// do.</exception>
    /// <exception cref="StoreException">A file could not be read or written.</exception>
    public static EmbeddedHost Start(EmbeddedOptions options, ILogger log)
    {
        options.Validate();
        return HostStart.Run(options, log);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Cancelling gives up only while there is no room in the mailbox: a message once taken is seen through.
    /// </remarks>
    /// <exception cref="ArgumentException">The key's id cannot be stored, or its kind is not in the
    /// catalog.</exception>
    public ValueTask<Reply> SendAsync(GrainKey key, GrainMessage message, CancellationToken cancellation)
    {
        Check(key);
        return _context.PartitionOf(key).SendAsync(key, message, cancellation);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Messages are handed over in their order before this returns, but for those that must wait for room.
    /// </remarks>
    /// <exception cref="ArgumentException">As for one message; none was sent.</exception>
    public async ValueTask<Reply[]> SendAllAsync(IReadOnlyList<Letter> letters, CancellationToken cancellation)
    {
        if (letters.Count == 0) return [];
        foreach (var letter in letters) Check(letter.To);
        var group = new ReplyGroup(letters.Count);
        var taken = new List<Delivery>?[_context.PartitionCount];
        List<Task> waiting = [];
        for (var i = 0; i < letters.Count; i++)
        {
            var partition = _context.PartitionOf(letters[i].To);
            if (partition.Refusal() is { } refusal) group.Set(i, refusal);
            else if (partition.TryTake(letters[i], group, i, out var entry) is { } delivery)
                (taken[partition.Index] ??= []).Add(delivery);
            else if (entry == Entry.GrainFull) group.Set(i, partition.Busy());
            else waiting.Add(partition.TakeWhenRoomAsync(letters[i], group, i, cancellation));
        }
        for (var i = 0; i < taken.Length; i++)
        {
            if (taken[i] is { } deliveries) _context.Partitions[i].Post(deliveries);
        }
        await Task.WhenAll(waiting);
        return await group.All;
    }

    /// <inheritdoc/>
    public ValueTask<StoredState?> ReadAsync(GrainKey key, CancellationToken cancellation)
    {
        Check(key);
        var partition = _context.PartitionOf(key);
        if (partition.Activations.Find(key) is { } grain) return new ValueTask<StoredState?>(grain.CopyCommitted());
        return _context.Ledger.IsClosed(key) ? default : ReadStoredAsync(partition, key, cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<GrainRow>> ReadRowsAsync(
        GrainKey key, string from, int limit, CancellationToken cancellation)
    {
        Check(key);
        if (limit <= 0) return [];
        return await _context.PartitionOf(key).Readers.ReadAsync(
            static (reader, page) => reader.Rows(page.Key, page.From, page.Limit),
            (Key: key, From: from, Limit: limit), cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> ReadRowAsync(GrainKey key, string row, CancellationToken cancellation)
    {
        Check(key);
        return _store.ReadRowAsync(key, row, cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JournalEntry>> ReadJournalAsync(GrainKey key, CancellationToken cancellation)
    {
        Check(key);
        return _context.Ledger.IsClosed(key) ? new([]) : _store.ReadJournalAsync(key, cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<SegmentsReading> ReadSegmentsAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return new(SegmentReads.Read(_context));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<KeptRecord> ReadKeptAsync(
        DataSubject subject, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var row in await new KeptRows(_context).ReadAsync(subject, cancellation)) yield return row.Record;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A customer id cannot be stored.</exception>
    public async ValueTask<ErasureReceipt> EraseAsync(
        DataSubject subject, string by, CancellationToken cancellation)
    {
        foreach (var key in subject.Keys) Check(key);
        // What the caller does not wait for any longer goes on.
        return await _erasing.RunAsync(subject, by, _stopping.Token).WaitAsync(cancellation);
    }

    /// <inheritdoc/>
    public Instant ErasedUntil(GrainKey key) =>
        _context.Ledger.StandingOf(key) switch
        {
            { Closed: > 0 } => Instant.Forever,
            var standing => _context.Ledger.ReadmissionOf(standing)?.Since ?? Instant.Never,
        };

    /// <inheritdoc/>
    public ValueTask<ReadmissionAnswer> ReadmitAsync(
        string token, Instant? since, string by, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return new(_erasing.Readmit(token, since, by));
    }

    /// <inheritdoc/>
    public ValueTask<Readmission?> FindReadmissionAsync(string token, CancellationToken cancellation) =>
        new(_context.Ledger.FindReadmission(token));

    /// <inheritdoc/>
    /// <remarks>Ends without an exception when the host stops.</remarks>
    public IAsyncEnumerable<Published> SubscribeAsync(Topic topic, string? cursor, CancellationToken cancellation)
    {
        var places = cursor is not null
            ? _context.ReadCursor(cursor)
            : Array.ConvertAll(_context.Partitions, partition => partition.LastPublished);
        return new Subscription(_context, topic, places).RunAsync(cancellation);
    }

    /// <inheritdoc/>
    /// <exception cref="StoreException">The definition could not be stored; the one before stays in
    /// force.</exception>
    public async ValueTask ReplaceDefinitionAsync(TwinPlan plan, CancellationToken cancellation)
    {
        await _replacing.WaitAsync(cancellation);
        try
        {
            var time = _context.Options.Time;
            var chore = new Chore(onTurnLoop: null, database => Definitions.Store(database, plan, time));
            if (await _context.Partitions[0].DoAsync(chore) is { } reason)
                throw new StoreException(0, $"The definition was not stored: {reason}. Try again.");
            _context.Plans = _context.Plans.WithCurrent(plan);
            _context.Replaced.Pulse();
        }
        finally
        {
            _replacing.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<GrainKey>> ListAsync(
        GrainKind kind, string after, int limit, CancellationToken cancellation)
    {
        if (limit <= 0) return [];
        List<GrainKey> keys = [];
        foreach (var partition in _context.Partitions)
        {
            keys.AddRange(await partition.Readers.ReadAsync(
                static (reader, page) => reader.Keys(page.Kind, page.After, page.Limit),
                (Kind: kind, After: after, Limit: limit), cancellation));
        }
        keys.RemoveAll(key => _context.Ledger.IsClosed(key));
        keys.Sort(static (a, b) => RowOrder.Instance.Compare(a.Id, b.Id));
        return keys.Count <= limit ? keys : keys[..limit];
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<StatePage> ReadAllAsync(
        GrainKind kind, string? cursor, int pageSize, CancellationToken cancellation)
    {
        StatePage.Check(pageSize);
        var all = new AllStates(_context);
        return all.ReadAsync(kind, all.PlaceOf(cursor), pageSize, cancellation);
    }

    /// <summary>
    /// Grants more of a shared resource, split evenly over the partitions (what does not divide goes to the
    /// first ones), durably.
    /// </summary>
    /// <param name="resource">The resource's name.</param>
    /// <param name="amount">How much more may be spent in all; at least 0.</param>
    /// <exception cref="StoreException">Some partition could not store its share; the others hold
    /// theirs.</exception>
    public async ValueTask GrantLeaseAsync(string resource, long amount, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(resource);
        ArgumentOutOfRangeException.ThrowIfNegative(amount);
        cancellation.ThrowIfCancellationRequested();
        var (share, rest) = Math.DivRem(amount, _context.PartitionCount);
        var grants = _context.Partitions
            .Select(partition => partition.GrantLeaseAsync(resource, partition.Index < rest ? share + 1 : share));
        foreach (var refusal in await Task.WhenAll(grants))
        {
            if (refusal is not null)
                throw new StoreException(0, $"A share of {resource} was not granted: {refusal}.");
        }
    }

    /// <inheritdoc/>
    public HostStatus Status()
    {
        var problem = _context.Draining ? Partition.DrainingReason : Volatile.Read(ref _problem);
        foreach (var partition in _context.Partitions)
        {
            if (partition.Problem is { } reason) problem ??= $"partition {partition.Index}: {reason}";
        }
        return new HostStatus
        {
            Ready = problem is null,
            Problem = problem,
            Disk = _disk.Status(),
            Partitions = Array.ConvertAll(_context.Partitions, partition => partition.Status()),
            Subscribers = _context.Subscriptions.Read(_context.Partitions),
            Processes = [ProcessFigures.Read(_context.Started)],
        };
    }

    /// <summary>
    /// Stops: refuses new messages, answers those taken, commits, closes the files. Takes at most
    /// <see cref="EmbeddedOptions.DrainLimit"/> and the time of the last commits.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _context.Draining = true;
        await _stopping.CancelAsync();
        await Task.WhenAll(_loops);
        await DrainAsync();
        // Joining threads blocks; it must not do so on the caller's.
        await Task.WhenAll(_context.Partitions.Select(partition => Task.Run(partition.Stop)));
        _erasing.Dispose();
        _context.Seals.Dispose();
        _context.Vault.Dispose();
        _folder.Dispose();
        _stopping.Dispose();
        _replacing.Dispose();
        _context.Log.Stopped();
    }

    /// <summary>One step of upkeep in every partition, for tests of this assembly.</summary>
    internal async Task UpkeepAsync()
    {
        _disk.Look();
        foreach (var upkeep in _upkeep) await upkeep.StepAsync(CancellationToken.None);
    }

    private async ValueTask<StoredState?> ReadStoredAsync(
        Partition partition, GrainKey key, CancellationToken cancellation)
    {
        var stored = await _store.ReadAsync(key, cancellation);
        // Read into memory meanwhile: what others have been served since must not be newer than this.
        return partition.Activations.Find(key) is { } grain ? grain.CopyCommitted() : stored;
    }

    private async Task DrainAsync()
    {
        // Real time, not the host's clock: it bounds how long a process takes to end.
        using var limit = new CancellationTokenSource(_context.Options.DrainLimit);
        foreach (var partition in _context.Partitions) await partition.DrainAsync(limit.Token);
        var left = _context.Partitions.Sum(partition => partition.Admitted);
        if (left > 0) _context.Log.DrainedLate(_context.Options.DrainLimit.TotalSeconds, left);
    }

    /// <summary>
    /// Runs a loop of a partition to its end; an end that was not asked for is a problem of the host.
    /// </summary>
    private async Task WatchAsync(Partition partition, Func<CancellationToken, Task> loop)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await Task.Yield();
                await loop(_stopping.Token);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (StoreException exception)
            {
                _context.Log.UpkeepFailed(partition.Index, exception.Reason, exception);
                await Task.Delay(_context.Options.RetryDelay, _context.Options.Time, _stopping.Token)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
#pragma warning disable CA1031 // said in the status instead of ending the process
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _context.Log.LoopEnded(partition.Index, exception);
                Volatile.Write(ref _problem, $"partition {partition.Index}: a delivery loop ended");
                return;
            }
        }
    }

    private void Check(GrainKey key)
    {
        if (StoredNames.Problem(key) is { } problem) throw new ArgumentException(problem, nameof(key));
        if (!_context.Options.Catalog.Kinds.Contains(key.Kind))
            throw new ArgumentException($"This host runs no grain of kind {key.Kind}.", nameof(key));
    }
}
