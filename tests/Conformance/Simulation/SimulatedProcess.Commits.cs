using DToC.Grains;

namespace DToC.Conformance;

/// <summary>Batches: committed as one, answered after.</summary>
internal sealed partial class SimulatedProcess
{
    private void BeginCommit(SimulatedPartition partition)
    {
        partition.Committing = partition.Open;
        partition.Open = [];
        _world.Pass(Stage.CommitBegins);
    }

    private void EndCommit(SimulatedPartition partition)
    {
        var batch = partition.Committing!; // this step is ready only with a batch
        var fault = _world.Pass(Stage.DuringCommit);
        if (fault == Fault.SlowDisk)
        {
            partition.StalledUntil = _world.Steps + _world.Draws.Between(20, 80);
            return;
        }
        if (!_world.Write(fault, Stage.DuringCommit, Changes(partition, batch)))
        {
            Fail(partition);
            return;
        }
        partition.Committing = null;
        partition.Commits++;
        _world.Commits++;
        foreach (var record in batch) partition.JournalEntries += record.Outcome?.Journal.Count ?? 0;
        if (_world.Trace is not null) _world.Note($"commit   {batch.Count} turns in {partition.Number}");
        ApplyWakeUps(batch);
        foreach (var record in batch)
        {
            if (record.Outcome is { Changed: true })
                _segments.Take(record.Key, partition.Number, Committed(record.Key));
        }
        Release(batch);
        RemoveExpired(batch);
    }

    private void Release(List<TurnRecord> batch)
    {
        foreach (var record in batch)
        {
            var lost = _world.Pass(Stage.AfterCommit) == Fault.LostReply;
            if (record.Forward is { } forward) Forward(record.Envelope, forward);
            else record.Envelope.Answer(lost ? null : record.Outcome!.Reply); // not a forward: an outcome
        }
        foreach (var record in batch)
        {
            var evicts = _world.Pass(Stage.AfterReply) == Fault.Evict;
            if (evicts && _byKey.TryGetValue(record.Key, out var activation)) Evict(activation);
            if (record.Outcome is not null) Enqueue(record.Key, record.Outcome.Effects);
        }
    }

    private void Forward(Envelope envelope, TurnResult.MovedTo moved)
    {
        if (++envelope.Hops > HopLimit)
        {
            envelope.Answer(new Reply.Unavailable($"The grain has moved more than {HopLimit} times."));
            return;
        }
        envelope.To = moved.Key;
        envelope.Message = moved.Message ?? envelope.Message;
        switch (_world.Pass(Stage.Forwarding))
        {
            case Fault.Duplicate: PostCopy(moved.Key, envelope.Message, envelope.Source, envelope.Sender); break;
            case Fault.Overtaken: envelope.HeldUntil = _world.Steps + 100; break;
        }
        Post(envelope);
    }

    /// <summary>
    /// A failed commit discards every state touched since, refuses those messages, and reloads.
    /// </summary>
    private void Fail(SimulatedPartition partition)
    {
        var discarded = partition.Pending.ToList();
        partition.Committing = null;
        partition.Open = [];
        partition.FailedCommits++;
        _world.Discards++;
        LoadLeases(partition);
        foreach (var record in discarded)
        {
            if (_byKey.TryGetValue(record.Key, out var activation)) activation.Reset();
        }
        foreach (var record in discarded)
        {
            record.Envelope.Answer(new Reply.Unavailable("The commit failed: the disk is full."));
        }
    }

    /// <summary>All of a batch in the order of its turns: the last value under a name is the one that stays.</summary>
    private List<KeyValuePair<string, byte[]?>> Changes(SimulatedPartition partition, List<TurnRecord> batch)
    {
        var changes = new List<KeyValuePair<string, byte[]?>>();
        var entries = new Dictionary<GrainKey, long>();
        var published = LastPublished();
        foreach (var record in batch)
        {
            if (record.Outcome is not { Changed: true } outcome) continue;
            var key = record.Key;
            changes.Add(new(StoredForms.State(key), StoredForms.Write(record.State!))); // changed: it has a state
            foreach (var row in outcome.Rows)
            {
                changes.Add(new(StoredForms.Rows(key) + row.Row, row.Value?.ToArray()));
            }
            var journal = StoredForms.Journal(key);
            var keeps = _world.Options.Sabotage == Sabotage.KeepsForgotten;
            if (outcome.Rewritten is { } rewritten && !keeps) Rewrite(key, rewritten, changes);
            foreach (var entry in outcome.Journal)
            {
                if (!entries.TryGetValue(key, out var last)) last = LastEntry(key);
                entries[key] = ++last;
                changes.Add(new($"{journal}{last:d19}", StoredForms.Write(entry)));
            }
            foreach (var effect in outcome.Effects) Write(key, effect, ref published, changes);
        }
        AddSpending(partition, batch, changes);
        return changes;
    }

    /// <summary>
    /// Writes a journal anew. Entries that stay keep their names, so that a judge can put those that went between
    /// them.
    /// </summary>
    private void Rewrite(
        GrainKey key, IReadOnlyList<JournalEntry> rewritten, List<KeyValuePair<string, byte[]?>> changes)
    {
        var prefix = StoredForms.Journal(key);
        var before = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (name, bytes) in _world.Disk.Scan(prefix)) before[name] = bytes;
        foreach (var (name, bytes) in changes.Where(c => c.Key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            if (bytes is null) before.Remove(name);
            else before[name] = bytes;
        }
        // Retention may have removed entries since the turn was given its history: they come back, and go again.
        var expired = _world.Expired.GetValueOrDefault(key)?.Where(entry => !before.ContainsKey(entry.Key)) ?? [];
        List<(string Name, JournalEntry Entry)> left =
        [
            .. before.Concat(expired).OrderBy(entry => entry.Key, StringComparer.Ordinal)
                .Select(entry => (entry.Key, StoredForms.ReadEntry(entry.Value))),
        ];
        foreach (var entry in rewritten)
        {
            var place = left.FindIndex(old => IsSame(old.Entry, entry) && IsEqual(old.Entry, entry));
            if (place < 0) place = left.FindIndex(old => IsSame(old.Entry, entry));
            if (place < 0) throw new InvalidOperationException($"{key} has written anew what it did not have.");
            changes.Add(new(left[place].Name, StoredForms.Write(entry)));
            Forget(key, left.Take(place).Where(old => before.ContainsKey(old.Name)), changes);
            left.RemoveRange(0, place + 1);
        }
        Forget(key, left.Where(old => before.ContainsKey(old.Name)), changes);
    }

    /// <summary>Removes entries, and notes them in the same transaction for the judges.</summary>
    private static void Forget(
        GrainKey key, IEnumerable<(string Name, JournalEntry Entry)> entries,
        List<KeyValuePair<string, byte[]?>> changes)
    {
        foreach (var (name, entry) in entries)
        {
            changes.Add(new(name, null));
            changes.Add(new(StoredForms.Forgotten(key) + StoredForms.Tail(name), StoredForms.Write(entry)));
        }
    }

    private static bool IsSame(JournalEntry old, JournalEntry entry) =>
        (KindOf(old), old.RecordedAt, old.OccurredAt, old.Seed)
        == (KindOf(entry), entry.RecordedAt, entry.OccurredAt, entry.Seed);

    /// <summary>An event sent to two that were united is one that counts once they are split.</summary>
    private static JournalKind KindOf(JournalEntry entry) =>
        entry.Kind == JournalKind.AlsoSent ? JournalKind.Event : entry.Kind;

    private static bool IsEqual(JournalEntry old, JournalEntry entry) =>
        old.Payload.Span.SequenceEqual(entry.Payload.Span);

    private void AddSpending(
        SimulatedPartition partition, List<TurnRecord> batch, List<KeyValuePair<string, byte[]?>> changes)
    {
        var spent = batch.SelectMany(r => r.Outcome?.Spent ?? []).GroupBy(s => s.Resource, StringComparer.Ordinal);
        foreach (var of in spent)
        {
            var name = StoredForms.Lease(partition.Number, of.Key);
            var left = StoredForms.ReadNumber(_world.Disk.Read(name)!); // spending was checked: there is a lease
            changes.Add(new(name, StoredForms.Number(left - of.Sum(s => s.Amount))));
        }
    }

    private void Write(
        GrainKey key, Effect effect, ref long published, List<KeyValuePair<string, byte[]?>> changes)
    {
        switch (effect)
        {
            case Effect.Publish publish:
                var id = new EffectId(key, effect.Sequence);
                if (Drops(id)) return;
                var payload = StoredForms.Write(publish.Topic, id, publish.Payload);
                changes.Add(new($"{StoredForms.Published}{++published:d19}", payload));
                break;
            case Effect.Send send:
                if (Drops(new EffectId(key, effect.Sequence))) return;
                var grain = Grain(send.To);
                var message = StoredForms.Collect(output => grain.EncodeMessage(send.Message, output));
                var form = StoredForms.Write(send.To, message);
                changes.Add(new(StoredForms.OutboxOf(key, send.Sequence), form));
                break;
            case Effect.WakeUp wake:
                var at = wake.At.IsNever ? null : StoredForms.Number(wake.At.UnixMs);
                changes.Add(new(StoredForms.Wake(key, wake.Name), at));
                break;
        }
    }

    private bool Drops(EffectId id) =>
        _world.Options.Sabotage == Sabotage.DropsEffects
        && Twin.StableHash.Of(id.ToString(), _world.Options.Seed) % 20 == 0;

    /// <summary>Names are not given again: a judge knows what was forgotten by them.</summary>
    private long LastEntry(GrainKey key)
    {
        var prefix = StoredForms.Journal(key);
        return Math.Max(LastNumber(prefix), LastNumber(StoredForms.Forgotten(key)));
    }

    private long LastPublished() => Math.Max(
        LastNumber(StoredForms.Published),
        _world.Disk.Read(StoredForms.LastPublished) is { } last ? StoredForms.ReadNumber(last) : 0);

    private long LastNumber(string prefix) =>
        _world.Disk.LastName(prefix) is { } name ? StoredForms.Number(name[prefix.Length..]) : 0;

    /// <summary>After a checkpoint's commit: older checkpoints, and rows whose retention has ended.</summary>
    private void RemoveExpired(List<TurnRecord> batch)
    {
        foreach (var record in batch)
        {
            if (record.Outcome?.Journal.Any(e => e.Kind == JournalKind.Checkpoint) != true) continue;
            var journal = _world.Disk.Scan(StoredForms.Journal(record.Key))
                .Select(e => (e.Key, Entry: StoredForms.ReadEntry(e.Value))).ToList();
            var newest = journal.FindLastIndex(e => e.Entry.Kind == JournalKind.Checkpoint);
            // What expired after the checkpoint's turn is not in it.
            var until = journal[newest].Entry.RecordedAt;
            var expired = journal.Take(newest)
                .Where(e => e.Entry.KeepUntil <= until || e.Entry.Kind == JournalKind.Checkpoint).ToList();
            if (expired.Count > 0) Remove(record.Key, expired);
        }
    }

    /// <summary>Where it fails, or the process dies, the next checkpoint finds them again.</summary>
    private void Remove(GrainKey key, List<(string Name, JournalEntry Entry)> expired)
    {
        if (!_world.Expired.TryGetValue(key, out var known))
        {
            _world.Expired[key] = known = new SortedList<string, byte[]>(StringComparer.Ordinal);
        }
        // Noted first: the process may die when they are gone. What is still on the disk is not among the removed.
        foreach (var (name, entry) in expired) known[name] = StoredForms.Write(entry);
        var changes = expired.ConvertAll(e => new KeyValuePair<string, byte[]?>(e.Name, null));
        _world.Write(_world.Pass(Stage.Retention), Stage.Retention, changes);
    }
}
