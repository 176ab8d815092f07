using System.Globalization;
using DToC.Embedded.Sealing;
using DToC.Embedded.Storage;
using DToC.Embedded.Turns;
using DToC.Grains;
using DToC.Twin;
using SQLitePCL;

namespace DToC.Embedded.Checks;

/// <summary>
/// Checks the file of one partition: its identity, its pages, every row's checksum, every state's form and every
/// journal's chain, and that what refers to a grain refers to one that is there. Holds about 50 bytes a grain.
/// </summary>
internal sealed class PartitionCheck(
    StoreReader reader, FolderRecord folder, EmbeddedOptions options, KeptDefinitions definitions, Seals seals,
    PartitionFigures figures, Findings findings)
{
    private const int MostPageFindings = 100;

    private readonly GrainInstances _grains = new(options.Catalog);
    private readonly JournalChains _chains = new();
    private readonly Dictionary<ulong, long> _effects = [];
    private readonly Dictionary<ulong, long> _sent = [];
    private readonly byte[] _place = new byte[SealPlace.MostBytes];

    public void Run(CancellationToken cancellation)
    {
        try
        {
            CheckIdentity();
            CheckPages(cancellation);
        }
        catch (StoreException exception) when (exception.Damaged)
        {
            Add(FindingKind.Pages, exception.Message);
        }
        Scan("journal", "seq",
            "prev, key, kind, payload IS NULL, occurred, recorded, keep_until, seed, plan, payload, crc",
            CheckJournal, cancellation);
        Scan("grain", "id", "version, now, journal_head, state, crc, key", CheckGrain, cancellation);
        foreach (var seq in _chains.Unclaimed)
            Add(FindingKind.Reference, $"Journal row {seq} and those before it belong to a grain that is not there.");
        Scan("outbox", "seq", "topic, recorded, sender, sequence, payload, crc", CheckOutbox, cancellation);
        _sent.Clear();
        Scan("pending_send", "seq", "sender, sequence, target, message, crc", CheckSend, cancellation);
        Guarded("row", CheckRows);
        Guarded("wake", CheckWakeUps);
        Guarded("lease", CheckLeases);
    }

    private void Add(FindingKind kind, string what) => findings.Add(kind, figures.Partition, what);

    private void CheckIdentity()
    {
        var database = reader.Database;
        if (database.Number("PRAGMA application_id") != Schema.ApplicationId)
            Add(FindingKind.Identity, "The file is of another program.");
        var version = database.Number("PRAGMA user_version");
        if (version != Schema.Version)
            Add(FindingKind.Identity, $"The file has schema version {version}, not {Schema.Version}.");
        var owner = database.Text("SELECT value FROM meta WHERE name='folder'");
        var number = database.Number("SELECT value FROM meta WHERE name='partition'");
        var count = database.Number("SELECT value FROM meta WHERE name='partitions'");
        if (owner != folder.FolderId || number != figures.Partition || count != folder.Partitions)
        {
            Add(FindingKind.Identity,
                $"The file says it is partition {number} of {count} of folder {owner}, not {figures.Partition} of "
                + $"{folder.Partitions} of {folder.FolderId}.");
        }
    }

    private void CheckPages(CancellationToken cancellation)
    {
        raw.sqlite3_progress_handler(
            reader.Database.Handle, 100_000, _ => cancellation.IsCancellationRequested ? 1 : 0, null);
        try
        {
            using var check = new Statement(
                reader.Database.Handle, $"PRAGMA integrity_check({MostPageFindings})");
            while (check.Step())
            {
                if (check.Text(0) is not "ok" and var said) Add(FindingKind.Pages, said);
            }
        }
        catch (StoreException exception) when (exception.Code == raw.SQLITE_INTERRUPT)
        {
            cancellation.ThrowIfCancellationRequested();
            throw;
        }
        finally
        {
            raw.sqlite3_progress_handler(reader.Database.Handle, 0, null, null);
        }
    }

    private void Scan(
        string table, string id, string columns, Action<Statement> check, CancellationToken cancellation) =>
        Guarded(table, () =>
    {
        using var scan = new RowScan(reader.Database, table, id, columns);
        for (var i = 0L; scan.Next(); i++)
        {
            if (i % 10_000 == 0) cancellation.ThrowIfCancellationRequested();
            try
            {
                check(scan.Row);
            }
            catch (StoreException exception) when (exception.InRow)
            {
                Add(FindingKind.Checksum, $"Row {scan.Row.Int64(0)} of {table}: {exception.Message}.");
            }
        }
        foreach (var gap in scan.Gaps)
        {
            Add(FindingKind.Pages, gap.To is { } to
                ? $"Rows {gap.From} to {to - 1} of {table} cannot be read: {gap.Cause}."
                : $"Rows of {table} from {gap.From} on cannot be read: {gap.Cause}.");
        }
    });

    private void Guarded(string table, Action check)
    {
        try
        {
            check();
        }
        catch (StoreException exception) when (exception.Damaged)
        {
            Add(FindingKind.Pages, $"The table {table} cannot be read to its end: {exception.Message}.");
        }
    }

    private void CheckJournal(Statement row)
    {
        figures.JournalRows++;
        var (seq, previous, key) = (row.Int64(0), row.Int64(1), row.Key(2));
        if (_chains.Add(seq, previous, StableHash.Of(row.Blob(2))) is { } broken) Add(FindingKind.Journal, broken);
        if (row.Int64(4) != 0)
        {
            figures.WithoutChecksum++;
            return;
        }
        var entry = StoredJournalRow.Entry(row, kind: 3, occurred: 5, payload: 10);
        if (row.IsNull(11)) figures.WithoutChecksum++;
        else if (row.Int64(11) != RowChecksum.OfJournal(seq, previous, entry, row.Blob(2)))
            Add(FindingKind.Checksum, $"Journal row {seq} of {key} is not what was written.");
        Open($"Journal row {seq} of {key}", row.Blob(10), SealPlace.OfJournal(_place, key, entry));
        if (!definitions.Known.Contains(entry.PlanHash))
        {
            Add(FindingKind.Reference,
                $"Journal row {seq} of {key} names definition {entry.PlanHash:x16}, which is not kept.");
        }
    }

    private void CheckGrain(Statement row)
    {
        figures.Grains++;
        var (id, version, head, key) = (row.Int64(0), row.Int64(1), row.Int64(3), row.Key(6));
        var hash = StableHash.Of(row.Blob(6));
        if (_chains.Claim(hash, head, key) is { } broken) Add(FindingKind.Journal, broken);
        if (row.IsNull(5)) figures.WithoutChecksum++;
        else if (row.Int64(5) != RowChecksum.OfGrain(id, version, row.Int64(2), head, row.Blob(4), row.Blob(6)))
            Add(FindingKind.Checksum, $"The state of {key} (row {id}) is not what was written.");
        if (StoredNames.Problem(key) is { } problem) Add(FindingKind.Placement, $"Row {id} of grain: {problem}");
        var home = (int)(key.StableHash() % (ulong)folder.Partitions);
        if (home != figures.Partition)
            Add(FindingKind.Placement, $"{key} is looked for in partition {home}; this is {figures.Partition}.");
        _effects[hash] = long.MaxValue; // known; how far its effects go is not, unless the state can be read
        var opened = Open($"The state of {key} (row {id})", row.Blob(4),
            SealPlace.OfGrain(_place, key, version, row.Int64(2)));
        if (opened is null || Decode(key, opened) is not { } state) return;
        _effects[hash] = state.EffectSequence;
        if (state.Version != version)
            Add(FindingKind.Sequence, $"{key} has version {state.Version} in its state and {version} in its row.");
    }

    /// <summary>What is stored, opened; null when it cannot be, which is a finding.</summary>
    private byte[]? Open(string what, ReadOnlySpan<byte> stored, ReadOnlySpan<byte> place)
    {
        if (SealedForm.IsSealed(stored)) figures.Sealed++;
        try
        {
            return seals.Open(stored, place);
        }
        catch (StoreException exception) when (exception.Damaged || exception.KeyIsGone)
        {
            Add(FindingKind.Seal, $"{what} cannot be opened: {exception.Message}.");
            return null;
        }
    }

    private GrainState? Decode(GrainKey key, ReadOnlySpan<byte> stored)
    {
        try
        {
            return _grains.Of(key.Kind).Decode(key, stored, definitions.Plans);
        }
#pragma warning disable CA1031 // whatever a decoder makes of damaged bytes is a finding
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Add(FindingKind.Unreadable, $"The state of {key} cannot be read: {exception.GetType().Name}.");
            return null;
        }
    }

    private void CheckOutbox(Statement row)
    {
        figures.Outbox++;
        var found = new OutboxRow(
            row.Int64(0), (Topic)row.Int64(1), row.Key(3), row.Int64(4), row.Blob(5).ToArray());
        if (row.IsNull(6)) figures.WithoutChecksum++;
        else if (row.Int64(6) != RowChecksum.OfOutbox(found, new Instant(row.Int64(2))))
            Add(FindingKind.Checksum, $"Published effect {found.Seq} of {found.Sender} is not what was written.");
        Open($"Published effect {found.Seq} of {found.Sender}", row.Blob(5), SealPlace.OfOutbox(
            _place, found.Sender, found.Sequence, found.Topic, new Instant(row.Int64(2))));
        CheckSender("Published effect", found.Seq, found.Sender, row.Blob(3), found.Sequence);
    }

    private void CheckSend(Statement row)
    {
        figures.Sends++;
        var found = new SendRow(row.Int64(0), row.Key(1), row.Int64(2), row.Key(3), row.Blob(4).ToArray());
        if (row.IsNull(5)) figures.WithoutChecksum++;
        else if (row.Int64(5) != RowChecksum.OfSend(found))
            Add(FindingKind.Checksum, $"Effect {found.Seq} of {found.Sender} is not what was written.");
        var message = Open($"Effect {found.Seq} of {found.Sender}", row.Blob(4),
            SealPlace.OfSend(_place, found.Sender, found.Sequence, found.Target));
        CheckSender("Effect", found.Seq, found.Sender, row.Blob(1), found.Sequence);
        if (message is null) return;
        try
        {
            _grains.Of(found.Target.Kind).DecodeMessage(message);
        }
#pragma warning disable CA1031 // whatever a decoder makes of damaged bytes is a finding
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Add(FindingKind.Unreadable,
                $"Effect {found.Seq} of {found.Sender} to {found.Target} cannot be read: {exception.GetType().Name}.");
        }
    }

    private void CheckSender(string what, long seq, GrainKey sender, ReadOnlySpan<byte> stored, long sequence)
    {
        var hash = StableHash.Of(stored);
        if (!_effects.TryGetValue(hash, out var last))
            Add(FindingKind.Reference, $"{what} {seq} is of {sender}, which is not there.");
        else if (sequence > last)
            Add(FindingKind.Sequence, $"{what} {seq} is number {sequence} of {sender}, which has sent {last}.");
        if (_sent.TryGetValue(hash, out var before) && sequence <= before)
            Add(FindingKind.Sequence, $"{what} {seq} of {sender} is number {sequence} and stands behind {before}.");
        _sent[hash] = sequence;
    }

    private void CheckRows()
    {
        using var rows = new Statement(
            reader.Database.Handle, "SELECT key, row, value, crc FROM row ORDER BY key, row");
        while (rows.Step())
        {
            figures.Rows++;
            var key = rows.Key(0);
            if (rows.IsNull(3)) figures.WithoutChecksum++;
            else if (rows.Int64(3) != RowChecksum.OfRow(key, rows.Blob(1), rows.Blob(2)))
                Add(FindingKind.Checksum, $"A row of {key} is not what was written.");
            Open($"A row of {key}", rows.Blob(2), SealPlace.OfRow(_place, key, rows.Blob(1)));
            if (!_effects.ContainsKey(StableHash.Of(rows.Blob(0))))
                Add(FindingKind.Reference, $"A row is of {key}, which is not there.");
        }
    }

    private void CheckWakeUps()
    {
        using var rows = new Statement(reader.Database.Handle, "SELECT key, name FROM wake");
        while (rows.Step())
        {
            figures.WakeUps++;
            if (!_effects.ContainsKey(StableHash.Of(rows.Blob(0))))
                Add(FindingKind.Reference, $"A wake-up is of {rows.Key(0)}, which is not there.");
        }
    }

    private void CheckLeases()
    {
        foreach (var lease in reader.Leases())
        {
            if (lease.Available < 0)
            {
                Add(FindingKind.Sequence, string.Create(
                    CultureInfo.InvariantCulture, $"{lease.Available} of the lease '{lease.Resource}' are left."));
            }
        }
    }
}
