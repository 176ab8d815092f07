using System.Text;
using System.Text.Json;
using DToC.Grains;

namespace DToC.Conformance;

/// <summary>
/// Erasures: the keys are closed durably, then all goes step by step, and goes on after a crash. Between any two of its
/// writes the host does other work, and the process may die.
/// </summary>
internal sealed partial class SimulatedProcess
{
    private readonly List<SimulatedErasure> _erasures = [];
    private bool _hasErased; // looked at with every message

    /// <summary>Whether a key was erased, or is being.</summary>
    public bool IsErased(GrainKey? key) =>
        _hasErased && key is { Kind: GrainKind.Customer, Id: var id }
            && ErasedUntil(GrainKey.Customer(id)) == Twin.Instant.Forever;

    /// <summary>What of a key is erased.</summary>
    public Twin.Instant ErasedUntil(GrainKey key) => ReadmissionOf(key) is { } again ? again.Since
        : key.Kind == GrainKind.Customer && _world.Disk.Read(StoredForms.Erased(key.Id)) is not null
            ? Twin.Instant.Forever : Twin.Instant.Never;

    /// <summary>How a key was let in again after the last erasure of it; null for none.</summary>
    public Readmission? ReadmissionOf(GrainKey key) =>
        _hasErased && key.Kind == GrainKind.Customer && _world.Disk.Read(StoredForms.Erased(key.Id)) is { } of
            ? FindReadmission(Encoding.UTF8.GetString(of)) : null;

    /// <summary>How those of an erasure were let in again; null when they were not.</summary>
    public Readmission? FindReadmission(string token) =>
        _world.Disk.Read(StoredForms.Readmission(token)) is { Length: > 0 } bytes
            ? JsonSerializer.Deserialize<Readmission>(bytes) : null;

    /// <summary>Lets those of an erasure in again; null when that could not be stored.</summary>
    public ReadmissionAnswer? Readmit(string token, Twin.Instant? since, string by)
    {
        if (_world.Disk.Read(StoredForms.Readmission(token)) is not { } found)
            return ReadmissionAnswer.NoSuchErasure.Instance;
        if (found.Length > 0) return new ReadmissionAnswer.Readmitted(FindReadmission(token)!);
        if (_erasures.Exists(open => open.Receipt().Token == token)) return ReadmissionAnswer.UnderWay.Instance;
        if (since > _world.Clock) return new ReadmissionAnswer.OutOfRange(Twin.Instant.Never, _world.Clock);
        var done = new Readmission
        {
            Token = token, At = _world.Clock, Since = since ?? _world.Clock, By = by, PublicKey = "",
        };
        var written = JsonSerializer.SerializeToUtf8Bytes(done);
        return _world.Write(_world.Pass(Stage.Erasing), Stage.Erasing, [new(StoredForms.Readmission(token), written)])
            ? new ReadmissionAnswer.Readmitted(done) : null;
    }

    /// <summary>All that lies on the disk of a subject, with the names it lies under.</summary>
    public IEnumerable<(string Name, KeptRecord Record)> KeptOf(DataSubject subject)
    {
        var disk = _world.Disk;
        foreach (var key in subject.Keys)
        {
            if (Committed(key) is { } state)
            {
                var stored = new StoredState(state.Bytes, state.Version);
                yield return (StoredForms.State(key), new KeptRecord.State(key, stored));
            }
            foreach (var (name, bytes) in disk.Scan(StoredForms.Journal(key)))
                yield return (name, new KeptRecord.Journal(key, StoredForms.ReadEntry(bytes)));
            foreach (var (name, bytes) in disk.Scan(StoredForms.OutboxOf(key)))
            {
                var (to, message) = StoredForms.ReadSend(bytes);
                yield return (
                    name, new KeptRecord.Pending(key, StoredForms.Number(StoredForms.Tail(name)), to, message));
            }
            foreach (var (name, bytes) in disk.Scan(StoredForms.Wake(key, "")))
            {
                var at = new Twin.Instant(StoredForms.ReadNumber(bytes));
                yield return (name, new KeptRecord.WakeUp(key, StoredForms.Tail(name), at));
            }
        }
        foreach (var (name, bytes) in disk.Scan(StoredForms.Published))
        {
            var (topic, id, payload) = StoredForms.ReadPublished(bytes);
            if (subject.Keys.Contains(id.Sender))
                yield return (name, new KeptRecord.Published(id.Sender, id.Sequence, topic, payload));
        }
        foreach (var (name, _) in disk.Scan("s/"))
        {
            var table = StoredForms.Key(name[2..]);
            if (table.Kind == GrainKind.Customer) continue;
            foreach (var row in new PendingRows(disk, table, []).Range("", int.MaxValue))
            {
                if (Grain(table).Concerns(row, subject))
                    yield return (StoredForms.Rows(table) + row.Row, new KeptRecord.Row(table, row));
            }
        }
    }

    /// <summary>Closes a subject's keys; null when that could not be stored.</summary>
    public SimulatedErasure? BeginErasure(DataSubject subject, string by)
    {
        var number = LastNumber(StoredForms.LastErasure) + 1;
        var erasure = new SimulatedErasure($"{StoredForms.Erasures}{number:d19}", subject, by);
        KeyValuePair<string, byte[]?> numbered = new($"{StoredForms.LastErasure}{number:d19}", []);
        if (!Write([numbered, .. Closing(erasure, subject)])) return null;
        Add(erasure);
        return erasure;
    }

    private List<KeyValuePair<string, byte[]?>> Closing(SimulatedErasure erasure, DataSubject subject)
    {
        var closed = _world.Options.Sabotage == Sabotage.ForgetsIdentifiers ? subject.Customers : subject.Closed;
        var token = SimulatedErasure.TokenOf(erasure.Name);
        return
        [
            new(erasure.Name, erasure.Stored(subject)),
            new(StoredForms.Readmission(token), []),
            .. closed.Select(id =>
                new KeyValuePair<string, byte[]?>(StoredForms.Erased(id), Encoding.UTF8.GetBytes(token))),
        ];
    }

    private bool Write(IReadOnlyCollection<KeyValuePair<string, byte[]?>> changes) =>
        _world.Write(_world.Pass(Stage.Erasing), Stage.Erasing, changes);

    private void RecoverErasures()
    {
        _hasErased = _world.Disk.LastName(StoredForms.Erased("")) is not null;
        if (_world.Options.Sabotage == Sabotage.ForgetsOpenErasures) return;
        foreach (var (name, bytes) in _world.Disk.Scan(StoredForms.Erasures)) Add(SimulatedErasure.Of(name, bytes));
    }

    private void Add(SimulatedErasure erasure)
    {
        _erasures.Add(erasure);
        PutOut(erasure);
    }

    /// <summary>Puts closed grains out of memory and answers what waits for them.</summary>
    private void PutOut(SimulatedErasure erasure)
    {
        _hasErased = true;
        _world.See(erasure);
        if (_world.Trace is not null) _world.Note($"closed   {string.Join(", ", erasure.Subject.Closed)}");
        foreach (var key in erasure.Subject.Closed.Select(GrainKey.Customer))
        {
            if (!_byKey.TryGetValue(key, out var activation)) continue;
            activation.Reset();
            while (activation.Queue.Count > 0) Refuse(Take(activation));
            Evict(activation);
        }
    }

    /// <summary>A message to one who was erased: somebody may wait for what it would have done.</summary>
    private void Refuse(Envelope envelope)
    {
        var way = _world.Options.Sabotage == Sabotage.StrandsMovers
            ? null : Grain(envelope.To).SendBack(envelope.Message);
        if (_erasures.Exists(e => !e.IsClosed && e.Subject.Is(envelope.To.Id))
            && SubjectReach.BroughtBy(envelope.Message, _plans).Any(id => !IsErased(GrainKey.Customer(id))))
        {
            envelope.Answer(new Reply.Unavailable("An erasure is looking for who belongs to it."));
            return;
        }
        if (way is { } back && !IsErased(back.To) && ++envelope.Hops <= HopLimit)
        {
            if (_world.Trace is not null) _world.Note($"back     {envelope} as {back.Message} to {back.To}");
            (envelope.To, envelope.Message) = (back.To, back.Message);
            Post(envelope);
            return;
        }
        // Who led it here is erased too in a moment, or opens again.
        envelope.Answer(envelope.Hops > 0
            ? new Reply.Unavailable("A merge into a customer who was erased is under way.") : Reply.Erased.Instance);
    }

    private void CollectErasures()
    {
        foreach (var erasure in _erasures)
        {
            if (erasure.Asked == 0 && !IsAtWork(erasure)) _ready.Add((StepKind.Erase, erasure));
        }
    }

    /// <summary>
    /// What turns before it have left is committed first, and no message of its own is under way, nor a copy of one.
    /// </summary>
    private bool IsAtWork(SimulatedErasure erasure)
    {
        var keys = erasure.Keys;
        foreach (var partition in _partitions)
        {
            if (partition.Pending.Any(turn => IsErased(turn.Key) || IsOf(turn.Envelope))) return true;
        }
        return _underWay.Exists(IsOf)
            || _activations.Exists(at => at.Queue.Exists(IsOf) || (at.Waiting is { } waiting && IsOf(waiting)));

        bool IsOf(Envelope envelope) => envelope.Sender is { } sender && keys.Contains(sender);
    }

    private void Erase(SimulatedErasure erasure)
    {
        if (!erasure.IsClosed)
        {
            Close(erasure);
            return;
        }
        var found = KeptOf(erasure.Subject).ToList();
        var rows = found.Select(kept => kept.Record).OfType<KeptRecord.Row>().GroupBy(row => row.Key).ToList();
        if (rows.Count > 0)
        {
            foreach (var table in rows)
                Ask(erasure, table.Key, new GrainMessage.RemoveRows([.. table.Select(row => row.Stored.Row)])
                {
                    Customers = erasure.Subject.Customers,
                });
            erasure.Removed = erasure.Removed with { Rows = erasure.Removed.Rows + rows.Sum(table => table.Count()) };
            return;
        }
        if (_world.Options.Sabotage == Sabotage.ForgetsPendingSends)
            found.RemoveAll(kept => kept.Record is KeptRecord.Pending);
        if (found.Count > 0)
        {
            // One partition's, as each has a file of its own.
            var partition = PartitionOf(found[0].Record.Key);
            Remove(erasure, found.FindAll(kept => PartitionOf(kept.Record.Key) == partition));
            return;
        }
        if (!erasure.IsTold && _world.Options.Grains.Kinds.Contains(GrainKind.Erasures))
        {
            Ask(erasure, ErasuresGrain.Key, new ErasuresMessage.Record(erasure.Receipt()), () => erasure.IsTold = true);
            return;
        }
        if (!Write([new(erasure.Name, null)])) return;
        _erasures.Remove(erasure);
        erasure.Complete();
    }

    /// <summary>Closes who else belongs to it by what turns have decided, and waits for effects.</summary>
    private void Close(SimulatedErasure erasure)
    {
        if (_world.Options.Sabotage == Sabotage.ErasesAtOnce)
        {
            erasure.IsClosed = true;
            return;
        }
        List<SendUnderWay> sends =
            [.. _outbox.Values.SelectMany(queue => queue).Select(e => new SendUnderWay(e.Id.Sender, e.To, e.Message))];
        // All it reads is in memory: it is done when it returns.
        var wider = SubjectReach.WidenAsync(new Store(this), _plans, erasure.Subject, sends, default)
            .AsTask().GetAwaiter().GetResult();
        if (wider.IsIn(erasure.Subject))
        {
            var waits = _world.Options.Sabotage != Sabotage.ForgetsPendingSends;
            if (waits && sends.Exists(send => SubjectReach.MustArrive(erasure.Subject, send))) return;
            wider = SubjectReach.WithIdentifiers(wider, KeptOf(wider).Select(kept => kept.Record));
            erasure.IsClosed = wider.IsIn(erasure.Subject);
            if (erasure.IsClosed) return;
        }
        if (!Write(Closing(erasure, wider))) return;
        erasure.Widen(wider);
        PutOut(erasure);
    }

    private void Remove(SimulatedErasure erasure, List<(string Name, KeptRecord Record)> found)
    {
        foreach (var (name, record) in found)
        {
            if (record is not KeptRecord.Journal journal) continue;
            if (!_world.ErasedJournals.TryGetValue(record.Key, out var known))
                _world.ErasedJournals[record.Key] = known = new(StringComparer.Ordinal);
            known[name] = journal.Entry;
        }
        // Places of subscribers are numbers: none may be given twice.
        KeyValuePair<string, byte[]?> last = new(
            StoredForms.LastPublished, StoredForms.Number(LastPublished()));
        if (!Write([last, .. found.Select(kept => new KeyValuePair<string, byte[]?>(kept.Name, null))])) return;
        erasure.Removed = erasure.Removed.And(KeptCounts.Of(found.Select(kept => kept.Record)));
        foreach (var state in found.Select(kept => kept.Record).OfType<KeptRecord.State>())
            _segments.Take(state.Key, PartitionOf(state.Key), null);
        foreach (var key in found.Select(kept => kept.Record.Key).Where(erasure.Keys.Contains)) _outbox.Remove(key);
        foreach (var (name, _) in found) _wakes.Remove(name);
    }

    private void Ask(SimulatedErasure erasure, GrainKey key, GrainMessage message, Action? done = null)
    {
        erasure.Asked++;
        Post(new Envelope(key, message, "erasure", reply =>
        {
            erasure.Asked--;
            if (reply is Reply.Done) done?.Invoke();
        }));
    }

    /// <summary>What is committed, of those who are being erased too.</summary>
    private sealed class Store(SimulatedProcess process) : ITwinStore
    {
        public ValueTask<StoredState?> ReadAsync(GrainKey key, CancellationToken cancellation) => new(
            process.Committed(key) is { } kept ? new StoredState(kept.Bytes, kept.Version) : null);

        public ValueTask<ReadOnlyMemory<byte>?> ReadRowAsync(
            GrainKey key, string row, CancellationToken cancellation) =>
            new(process._world.Disk.Read(StoredForms.Rows(key) + row) is { } found
                ? found : (ReadOnlyMemory<byte>?)null);

        public ValueTask<IReadOnlyList<JournalEntry>> ReadJournalAsync(
            GrainKey key, CancellationToken cancellation) =>
            new([.. process._world.Disk.Scan(StoredForms.Journal(key)).Select(e => StoredForms.ReadEntry(e.Value))]);
    }
}
