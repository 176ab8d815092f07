using System.Text;
using System.Text.Json;
using DToC.Grains;

namespace DToC.Conformance;

/// <summary>An erasure under way.</summary>
internal sealed class SimulatedErasure(string name, DataSubject subject, string by)
{
    private readonly List<Action<ErasureReceipt>> _waiting = [];

    /// <summary>Its name on the disk, while it is open.</summary>
    public string Name { get; } = name;

    public DataSubject Subject { get; } = subject;

    public string By { get; } = by;

    public HashSet<GrainKey> Keys { get; } = [.. subject.Keys];

    /// <summary>Messages it has sent and waits for.</summary>
    public int Asked { get; set; }

    /// <summary>What was removed so far.</summary>
    public KeptCounts Removed { get; set; }

    public bool AreKeysGone { get; set; }

    public bool IsTold { get; set; }

    public void Await(Action<ErasureReceipt> done) => _waiting.Add(done);

    public ErasureReceipt Complete()
    {
        var receipt = Receipt();
        foreach (var done in _waiting) done(receipt);
        return receipt;
    }

    public static string TokenOf(string name) =>
        $"{Twin.StableHash.Of(name):x16}{Twin.StableHash.Of(name, 1):x16}";

    public ErasureReceipt Receipt() => new()
    {
        Token = TokenOf(Name),
        At = SimulatedHost.Start,
        By = By,
        Subjects = [.. Subject.Customers.Select(id => $"{Twin.StableHash.Of(id):x16}").Order(StringComparer.Ordinal)],
        Removed = Removed,
        PublicKey = "",
    };
}

/// <summary>Erasures: closed at once, then removed step by step, and gone on with after a crash.</summary>
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
        var name = $"{StoredForms.Erasures}{number:d19}";
        var token = SimulatedErasure.TokenOf(name);
        List<KeyValuePair<string, byte[]?>> changes =
        [
            new(name, JsonSerializer.SerializeToUtf8Bytes(new Named(subject, by))),
            new($"{StoredForms.LastErasure}{number:d19}", []),
            new(StoredForms.Readmission(token), []),
            .. subject.Closed.Select(id =>
                new KeyValuePair<string, byte[]?>(StoredForms.Erased(id), Encoding.UTF8.GetBytes(token))),
        ];
        if (!_world.Write(_world.Pass(Stage.Erasing), Stage.Erasing, changes)) return null;
        _hasErased = true;
        var erasure = new SimulatedErasure(name, subject, by);
        Add(erasure);
        return erasure;
    }

    private void RecoverErasures()
    {
        _hasErased = _world.Disk.LastName(StoredForms.Erased("")) is not null;
        foreach (var (name, bytes) in _world.Disk.Scan(StoredForms.Erasures))
        {
            var (subject, by) = JsonSerializer.Deserialize<Named>(bytes)!;
            Add(new SimulatedErasure(name, subject, by));
        }
    }

    private void Add(SimulatedErasure erasure)
    {
        _erasures.Add(erasure);
        foreach (var key in erasure.Keys)
        {
            if (!_byKey.TryGetValue(key, out var activation)) continue;
            activation.Reset();
            while (activation.Queue.Count > 0) Take(activation).Answer(Reply.Erased.Instance);
            Evict(activation);
        }
    }

    private void CollectErasures()
    {
        foreach (var erasure in _erasures)
        {
            // What turns before it have left is committed first, and what they sent has arrived.
            var isOpen = erasure.Asked > 0
                || _partitions.Any(partition => partition.Pending.Any(turn => erasure.Keys.Contains(turn.Key)))
                || erasure.Keys.Any(IsSending);
            if (!isOpen) _ready.Add((StepKind.Erase, erasure));
        }
    }

    private bool IsSending(GrainKey key) =>
        _outbox.GetValueOrDefault(key)?.Any(effect => effect is { InFlight: true, Delivered: false }) == true;

    private void Erase(SimulatedErasure erasure)
    {
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
        if (!erasure.AreKeysGone)
        {
            var changes = found.ConvertAll(kept => new KeyValuePair<string, byte[]?>(kept.Name, null));
            if (!_world.Write(_world.Pass(Stage.Erasing), Stage.Erasing, changes)) return;
            erasure.AreKeysGone = true;
            erasure.Removed = erasure.Removed.And(KeptCounts.Of(found.Select(kept => kept.Record)));
            foreach (var key in erasure.Keys) _outbox.Remove(key);
            foreach (var name in _wakes.Where(w => erasure.Keys.Contains(w.Value.Key)).Select(w => w.Key).ToList())
                _wakes.Remove(name);
            return;
        }
        if (!erasure.IsTold && _world.Options.Grains.Kinds.Contains(GrainKind.Erasures))
        {
            Ask(erasure, ErasuresGrain.Key, new ErasuresMessage.Record(erasure.Receipt()), () => erasure.IsTold = true);
            return;
        }
        if (!_world.Write(_world.Pass(Stage.Erasing), Stage.Erasing, [new(erasure.Name, null)])) return;
        _erasures.Remove(erasure);
        erasure.Complete();
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

    /// <summary>What the disk keeps of an open erasure.</summary>
    private sealed record Named(DataSubject Subject, string By);
}
