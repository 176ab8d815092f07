using DToC.Grains;

namespace DToC.Conformance;

/// <summary>Batches: committed as one, answered after.</summary>
internal sealed partial class SimulatedProcess
{
    private static void BeginCommit(SimulatedPartition partition)
    {
        partition.Committing = partition.Open;
        partition.Open = [];
    }

    private void EndCommit(SimulatedPartition partition)
    {
        var batch = partition.Committing!; // this step is ready only with a batch
        switch (_world.Pass(Stage.DuringCommit))
        {
            case Fault.SlowDisk:
                partition.StalledUntil = _world.Steps + _world.Draws.Between(20, 80);
                return;
            case Fault.FullDisk:
                Fail(partition);
                return;
            case Fault.Crash:
                var whole = _world.Draws.Percent(50);
                if (whole) _world.Disk.Commit(Changes(partition, batch));
                throw new CrashedException(whole ? "after the transaction's last byte" : "in the transaction");
        }
        _world.Disk.Commit(Changes(partition, batch));
        partition.Committing = null;
        partition.Commits++;
        _world.Commits++;
        partition.JournalEntries += batch.Sum(r => r.Outcome?.Journal.Count ?? 0);
        if (_world.Trace is not null) _world.Note($"commit   {batch.Count} turns in {partition.Number}");
        ApplyWakeUps(batch);
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

    private void Forward(Envelope envelope, GrainKey to)
    {
        if (++envelope.Hops > HopLimit)
        {
            envelope.Answer(new Reply.Unavailable($"The grain has moved more than {HopLimit} times."));
            return;
        }
        envelope.To = to;
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

    private List<KeyValuePair<string, byte[]?>> Changes(SimulatedPartition partition, List<TurnRecord> batch)
    {
        var changes = new SortedDictionary<string, byte[]?>(StringComparer.Ordinal);
        var entries = new Dictionary<GrainKey, long>();
        var published = LastNumber(StoredForms.Published);
        foreach (var record in batch)
        {
            if (record.Outcome is not { Changed: true } outcome) continue;
            var key = record.Key;
            changes[StoredForms.State(key)] = StoredForms.Write(record.State!); // changed: it has a state
            foreach (var row in outcome.Rows)
            {
                changes[StoredForms.Rows(key) + row.Row] = row.Value?.ToArray();
            }
            foreach (var entry in outcome.Journal)
            {
                if (!entries.TryGetValue(key, out var last)) last = LastNumber(StoredForms.Journal(key));
                entries[key] = ++last;
                changes[$"{StoredForms.Journal(key)}{last:d19}"] = StoredForms.Write(entry);
            }
            foreach (var effect in outcome.Effects) Write(key, effect, ref published, changes);
            foreach (var spent in outcome.Spent)
            {
                var name = StoredForms.Lease(partition.Number, spent.Resource);
                var left = changes.GetValueOrDefault(name) ?? _world.Disk.Read(name)!; // spending was checked
                changes[name] = StoredForms.Number(StoredForms.ReadNumber(left) - spent.Amount);
            }
        }
        return [.. changes];
    }

    private void Write(
        GrainKey key, Effect effect, ref long published, SortedDictionary<string, byte[]?> changes)
    {
        switch (effect)
        {
            case Effect.Publish publish:
                var id = new EffectId(key, effect.Sequence);
                if (Drops(id)) return;
                var payload = StoredForms.Write(publish.Topic, id, publish.Payload);
                changes[$"{StoredForms.Published}{++published:d19}"] = payload;
                break;
            case Effect.Send send:
                if (Drops(new EffectId(key, effect.Sequence))) return;
                var message = new System.Buffers.ArrayBufferWriter<byte>();
                Grain(send.To).EncodeMessage(send.Message, message);
                changes[StoredForms.OutboxOf(key, send.Sequence)] =
                    StoredForms.Write(send.To, message.WrittenSpan.ToArray());
                break;
            case Effect.WakeUp wake:
                changes[StoredForms.Wake(key, wake.Name)] =
                    wake.At.IsNever ? null : StoredForms.Number(wake.At.UnixMs);
                break;
        }
    }

    private bool Drops(EffectId id) =>
        _world.Options.Sabotage == Sabotage.DropsEffects
        && Twin.StableHash.Of(id.ToString(), _world.Options.Seed) % 20 == 0;

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
            foreach (var (name, entry) in expired) _world.Expired[name] = StoredForms.Write(entry);
            _world.Disk.Commit(expired.Select(e => new KeyValuePair<string, byte[]?>(e.Key, null)).ToList());
        }
    }
}
