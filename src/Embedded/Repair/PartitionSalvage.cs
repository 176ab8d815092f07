using System.Buffers;
using DToC.Embedded.Backups;
using DToC.Embedded.Checks;
using DToC.Embedded.Sealing;
using DToC.Embedded.Storage;
using DToC.Embedded.Turns;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Plan;

namespace DToC.Embedded.Repair;

/// <summary>Writes the new file of one damaged partition.</summary>
internal sealed class PartitionSalvage(
    FolderSnapshot snapshot, int number, FolderRecord folder, KeptDefinitions definitions, EmbeddedOptions options,
    Seals seals, bool refold)
{
    // Newest published effects may be lost with their numbers; those to come must not get them again.
    private const long OutboxJump = 1L << 32;

    private readonly Losses _losses = new();
    private readonly GrainInstances _grains = new(options.Catalog);
    private readonly ArrayBufferWriter<byte> _encoded = new(4_096);
    private readonly HashSet<GrainKey> _kept = [];
    private readonly HashSet<GrainKey> _gone = [];
    private readonly List<string> _rebuilt = [];
    private readonly List<(long Id, GrainKey? Key)> _damaged = [];
    private readonly long _floor = FolderRestore.FloorAt(options.Time.GetUtcNow());
    private readonly Sealer _sealer = new(seals);
    private readonly byte[] _place = new byte[SealPlace.MostBytes];
    private long _lastId;
    private long _refolded;

    private PlanCatalog Plans => definitions.Plans;

    public PartitionRebuild Run(StoreReader damaged, string path, CancellationToken cancellation)
    {
        var journal = new JournalSalvage(_losses, seals);
        using var draft = new PartitionDraft(path, folder, number, options);
        using var written = new StoreReader(draft.Database, seals);
        var past = new FamilyJournals(written, journal, snapshot, number, Plans, options);
        journal.Run(damaged.Database, draft);
        cancellation.ThrowIfCancellationRequested();
        TakeGrains(damaged.Database, draft, journal, past);
        var indexed = KeysOf(damaged.Database);
        var rows = new RowSalvage(damaged.Database, draft, _losses);
        rows.TakeRows(_kept.Concat(indexed).Distinct().ToList());
        rows.TakeWakeUps();
        rows.TakeLeases();
        TakeEffects(damaged.Database, draft);
        TakeDefinitions(damaged.Database, draft);
        cancellation.ThrowIfCancellationRequested();
        var missing = indexed.Concat(journal.Keys).Concat(rows.Names.Keys).Concat(rows.WakeUps.Select(w => w.Key))
            .Where(key => !_kept.Contains(key) && !_gone.Contains(key)).ToHashSet();
        foreach (var key in missing) Rebuild(key, draft, journal, rows, past);
        foreach (var (id, key) in _damaged)
        {
            if (key is null || !_rebuilt.Contains(key.Value.ToString()))
                _losses.Add("states that are not what was written", $"row {id}");
        }
        draft.Finish();
        return new PartitionRebuild
        {
            Partition = number,
            Aside = "",
            StatesKept = _kept.Count,
            StatesRefolded = _refolded,
            StatesRebuilt = _rebuilt,
            JournalRows = journal.Kept,
            Rows = draft.Rows,
            Losses = _losses.Lines(),
        };
    }

    private void TakeGrains(Database damaged, PartitionDraft draft, JournalSalvage journal, FamilyJournals past)
    {
        using var scan = new RowScan(damaged, "grain", "id", "version, now, journal_head, state, crc, key");
        while (scan.Next())
        {
            var row = scan.Row;
            _lastId = Math.Max(_lastId, row.Int64(0));
            var isWhole = !row.Blob(6).IsEmpty && (row.IsNull(5) || row.Int64(5) == RowChecksum.OfGrain(
                row.Int64(0), row.Int64(1), row.Int64(2), row.Int64(3), row.Blob(4), row.Blob(6)));
            if (isWhole && IsGone(row)) continue;
            if (!isWhole || !Decodes(row, out var state))
            {
                _damaged.Add((row.Int64(0), row.Blob(6).IsEmpty ? null : row.Key(6)));
                continue;
            }
            var key = row.Key(6);
            if (journal.IsBroken(key, row.Int64(3)))
                _losses.Add("journals with rows missing, whose state is whole", key.ToString());
            if (!_kept.Add(key)) continue;
            var (version, now, head) = (row.Int64(1), row.Int64(2), journal.NewestOf(key));
            if (refold && state is CustomerActivation twin && Refolded(twin, key, past) is { } bytes)
            {
                var place = SealPlace.OfGrain(_place, key, version + 1, now);
                var stored = _sealer.Seal(SealedForm.KeyOf(row.Blob(4)), place, bytes);
                draft.AddGrain(row.Int64(0), version + 1, now, head, stored, key);
            }
            else
            {
                draft.AddGrain(row.Int64(0), version, now, head, row.Blob(4), key);
            }
        }
        _losses.Add("grain", scan.Gaps);
    }

    private byte[]? Refolded(CustomerActivation twin, GrainKey key, FamilyJournals past)
    {
        if (twin.Twin.MovedTo is not null) return null;
        try
        {
            var again = TwinSalvage.Refold(twin, key, past.Of(key, twin.Twin.Merged), Plans);
            _refolded++;
            return Encode(key, again);
        }
        catch (Exception exception) when (exception is InvalidDataException or StoreException)
        {
            _losses.Add("states that could not be folded anew and were taken over", key.ToString());
            return null;
        }
    }

    /// <summary>Keys by their index, which may be whole where the table is not.</summary>
    private List<GrainKey> KeysOf(Database damaged)
    {
        List<GrainKey> keys = [];
        try
        {
            using var rows = new Statement(
                damaged.Handle, "SELECT key, id FROM grain INDEXED BY grain_key ORDER BY key");
            while (rows.Step())
            {
                keys.Add(rows.Key(0));
                _lastId = Math.Max(_lastId, rows.Int64(1));
            }
        }
        catch (StoreException exception) when (exception.Damaged)
        {
            _losses.Add("stretches of the index of keys that cannot be read",
                "grains of which nothing else is left may be missing");
        }
        return keys;
    }

    private void Rebuild(
        GrainKey key, PartitionDraft draft, JournalSalvage journal, RowSalvage rows, FamilyJournals past)
    {
        var isHere = StoredNames.Problem(key) is null && (int)(key.StableHash() % (ulong)folder.Partitions) == number;
        if (!isHere) return; // the key itself was read wrong
        try
        {
            var wakes = rows.WakeUps.Where(wake => wake.Key == key)
                .Select(wake => (wake.Name, new Instant(wake.AtMs))).ToList();
            var own = past.Of(key, []);
            var merged = key.Kind == GrainKind.Customer ? TwinSalvage.MergedOf(own.Entries, Plans) : [];
            var remains = new GrainRemains(
                key, own.Entries, past.Of(key, merged), rows.Names.GetValueOrDefault(key, []), wakes,
                past.MergedInto(key));
            var state = Encode(key, TwinSalvage.Rebuild(remains, Plans, _floor));
            var now = own.Entries.Count > 0 ? own.Entries.Max(entry => entry.RecordedAt.UnixMs) : 0;
            var sealKey = journal.SealKeyOf(key) is > 0 and var known ? known : seals.NewKeyFor(key);
            var stored = _sealer.Seal(sealKey, SealPlace.OfGrain(_place, key, _floor, now), state);
            draft.AddGrain(++_lastId, _floor, now, journal.NewestOf(key), stored, key);
            _rebuilt.Add(key.ToString());
            if (journal.IsBroken(key, head: null))
                _losses.Add("states made anew from journals with rows missing", key.ToString());
        }
        catch (Exception exception) when (exception is InvalidDataException or StoreException)
        {
            _losses.Add("grains of which no state could be made", $"{key} ({exception.GetType().Name})");
        }
    }

    private void TakeEffects(Database damaged, PartitionDraft draft)
    {
        using var outbox = new RowScan(damaged, "outbox", "seq", "topic, recorded, sender, sequence, payload, crc");
        var last = 0L;
        while (outbox.Next())
        {
            var row = outbox.Row;
            last = row.Int64(0);
            if (row.Blob(3).IsEmpty) continue;
            var found = new OutboxRow(last, (Topic)row.Int64(1), row.Key(3), row.Int64(4), row.Blob(5).ToArray());
            var recorded = new Instant(row.Int64(2));
            var isWhole = row.IsNull(6) || row.Int64(6) == RowChecksum.OfOutbox(found, recorded);
            if (isWhole) draft.AddOutbox(found, recorded);
            else _losses.Add("published effects that are not what was written", $"{found.Sender}#{found.Sequence}");
        }
        _losses.Add("outbox", outbox.Gaps);
        if (outbox.Gaps.Count > 0) draft.SetMeta("last_outbox", last + OutboxJump);
        using var sends = new RowScan(damaged, "pending_send", "seq", "sender, sequence, target, message, crc");
        while (sends.Next())
        {
            var row = sends.Row;
            if (row.Blob(1).IsEmpty || row.Blob(3).IsEmpty) continue;
            var found = new SendRow(row.Int64(0), row.Key(1), row.Int64(2), row.Key(3), row.Blob(4).ToArray());
            if (row.IsNull(5) || row.Int64(5) == RowChecksum.OfSend(found)) draft.AddSend(found);
            else _losses.Add("effects to grains that are not what was written", $"{found.Sender}#{found.Sequence}");
        }
        _losses.Add("pending_send", sends.Gaps);
    }

    private static void TakeDefinitions(Database damaged, PartitionDraft draft)
    {
        // Were they damaged, no state could have been decoded and it would not have come to this.
        using var rows = new Statement(damaged.Handle, "SELECT hash, added, current, source FROM definition");
        while (rows.Step()) draft.AddDefinition(rows.Int64(0), rows.Int64(1), rows.Int64(2), rows.Blob(3));
        if (damaged.Number("SELECT value FROM meta WHERE name='refolded_plan'") is { } plan)
            draft.SetMeta("refolded_plan", plan);
    }

    /// <summary>Notes a grain whose key was destroyed: nothing of it can be read, and it is not made anew.</summary>
    private bool IsGone(Statement row)
    {
        var key = row.Key(6);
        var place = SealPlace.OfGrain(_place, key, row.Int64(1), row.Int64(2));
        if (seals.Problem(row.Blob(4), place) is not { KeyIsGone: true }) return false;
        _gone.Add(key);
        _losses.Add("grains whose key was destroyed", $"row {row.Int64(0)}");
        return true;
    }

    private bool Decodes(Statement row, out GrainState? state)
    {
        var key = row.Key(6);
        try
        {
            var place = SealPlace.OfGrain(_place, key, row.Int64(1), row.Int64(2));
            state = _grains.Of(key.Kind).Decode(key, seals.Open(row.Blob(4), place), Plans);
            return true;
        }
#pragma warning disable CA1031 // whatever a decoder makes of damaged bytes, the state is lost
        catch (Exception)
#pragma warning restore CA1031
        {
            state = null;
            return false;
        }
    }

    private byte[] Encode(GrainKey key, GrainState state)
    {
        _encoded.ResetWrittenCount();
        _grains.Of(key.Kind).Encode(state, _encoded);
        return _encoded.WrittenSpan.ToArray();
    }
}
