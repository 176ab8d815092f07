using System.Text;
using DToC.Embedded.Sealing;
using DToC.Embedded.Storage;
using DToC.Embedded.Vaults;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Embedded.Erasures;

/// <summary>Where texts were found.</summary>
/// <param name="Files">Files searched, byte by byte.</param>
/// <param name="Bytes">Bytes in them.</param>
/// <param name="Records">Records opened and searched.</param>
/// <param name="Unreadable">Records that no key at hand opens.</param>
/// <param name="IsClosed">Whether the ledger of erasures names the customer.</param>
/// <param name="Found">Where one of the texts stands; empty when nowhere. At most <see cref="MostFound"/>.</param>
public sealed record SearchReport(
    long Files, long Bytes, long Records, long Unreadable, bool IsClosed, IReadOnlyList<string> Found)
{
    /// <summary>Most places that are named.</summary>
    public const int MostFound = 100;
}

/// <summary>
/// Searches all that there is for texts of a customer: every file of the data folder, its vault and further folders
/// byte by byte (as UTF-8, UTF-16 and hexadecimal), and every record with the key it is sealed with, as far as that is
/// held. May run beside the process that uses the folder.
/// </summary>
public static class FolderSearch
{
    private const int Page = 5_000;
    private const int PieceBytes = 4 << 20;

    /// <summary>Whether the ledger of a folder's vault says that a customer was erased, or is being.</summary>
    /// <exception cref="StoreException">The vault could not be read.</exception>
    public static bool IsErased(EmbeddedOptions options, string customer) =>
        ErasureLedger.IsErasedBeside(options, customer);

    /// <summary>Searches.</summary>
    /// <param name="options">The folder, with its master key if it has one.</param>
    /// <param name="customer">The customer's id.</param>
    /// <param name="texts">Texts that may stand nowhere, the id among them if that is asked.</param>
    /// <param name="folders">Further folders, for example backups.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="DataFolderException">The folder cannot be read.</exception>
    /// <exception cref="StoreException">A file could not be read.</exception>
    public static SearchReport Run(
        EmbeddedOptions options, string customer, IReadOnlyList<string> texts, IReadOnlyList<string> folders,
        CancellationToken cancellation)
    {
        var search = new Search([.. texts.Select(Encoding.UTF8.GetBytes)], cancellation);
        var record = DataFolder.ReadRecord(options.DataFolder);
        using var seals = Seals.OpenBeside(options);
        using (var snapshot = FolderSnapshot.Open(
            Path.GetFullPath(options.DataFolder), record.Partitions, options, seals))
        {
            for (var i = 0; i < snapshot.Partitions; i++)
            {
                if (snapshot.Find(i) is not { } reader)
                    throw new DataFolderException($"Partition {i} cannot be read; run 'dtoc check'.");
                search.InPartition(i, reader);
            }
        }
        HashSet<string> all = [.. folders.Append(options.DataFolder).Append(VaultFile.FolderOf(options))
            .Select(Path.GetFullPath)];
        foreach (var folder in all) search.InFiles(folder);
        return new SearchReport(
            search.Files, search.Bytes, search.Records, search.Unreadable, IsErased(options, customer), search.Found);
    }

    private sealed class Search(IReadOnlyList<byte[]> texts, CancellationToken cancellation)
    {
        private readonly HashSet<string> _files = new(StringComparer.Ordinal);
        private readonly byte[][] _forms =
        [
            .. texts.SelectMany(text => (byte[][])[
                text, Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(text)),
                Encoding.UTF8.GetBytes(Convert.ToHexString(text)),
                Encoding.UTF8.GetBytes(Convert.ToHexStringLower(text))]),
        ];

        public List<string> Found { get; } = [];

        public long Files => _files.Count;

        public long Bytes { get; private set; }

        public long Records { get; private set; }

        public long Unreadable { get; private set; }

        public void InPartition(int number, StoreReader reader)
        {
            InGrains(number, reader);
            InJournal(number, reader);
            InEffects(number, reader);
            InTables(number, reader);
            foreach (var wake in reader.Wakes(int.MaxValue))
                Look($"partition {number}: a wake-up", $"{wake.Key.Id} {wake.Name}");
        }

        public void InFiles(string folder)
        {
            foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            {
                cancellation.ThrowIfCancellationRequested();
                // Memory of the running process, and what has no content.
                if (path.EndsWith("-shm", StringComparison.Ordinal) || path.EndsWith(".lock", StringComparison.Ordinal))
                    continue;
                if (_files.Add(path)) InFile(path);
            }
        }

        private void InFile(string path)
        {
            var overlap = _forms.Max(form => form.Length) - 1;
            var piece = new byte[PieceBytes + overlap];
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            for (int kept = 0, read; (read = file.ReadAtLeast(piece.AsSpan(kept), 1, throwOnEndOfStream: false)) > 0;)
            {
                Bytes += read;
                var held = piece.AsSpan(0, kept + read);
                if (Stands(held, _forms))
                {
                    Add($"file {path}");
                    return;
                }
                kept = Math.Min(overlap, held.Length);
                held[^kept..].CopyTo(piece);
            }
        }

        private void InGrains(int number, StoreReader reader)
        {
            for (var after = 0L; reader.KeysById(after, Page) is { Count: > 0 } keys; after = keys[^1].Id)
            {
                foreach (var (_, key) in keys)
                {
                    Look($"partition {number}: the key of a state", key.Id);
                    Look(
                        $"partition {number}: the state of {key}", () => reader.FindGrain(key)?.State.Bytes ?? default);
                }
            }
        }

        private void InJournal(int number, StoreReader reader)
        {
            for (var after = 0L;
                reader.JournalAfter(after, Instant.Never, Page) is { Count: > 0 } rows; after = rows[^1].Seq)
            {
                foreach (var row in rows)
                {
                    var where = $"partition {number}: journal row {row.Seq} of {row.Key}";
                    Look(where, row.Key.Id);
                    Look(where, () => reader.FindJournal(row.Seq)?.Entry?.Payload ?? default);
                }
            }
        }

        private void InEffects(int number, StoreReader reader)
        {
            for (var after = 0L; ;)
            {
                var (rows, last) = reader.OutboxAfter(after, Page);
                foreach (var row in rows)
                {
                    Look($"partition {number}: published effect {row.Seq}", row.Sender.Id);
                    LookAt($"partition {number}: published effect {row.Seq}", row.Payload, row.Problem);
                }
                if (last == 0) break;
                after = last;
            }
            for (var after = 0L; reader.PendingSends(after, Page) is { Count: > 0 } rows; after = rows[^1].Seq)
            {
                foreach (var row in rows)
                {
                    Look($"partition {number}: effect {row.Seq}", $"{row.Sender.Id} {row.Target.Id}");
                    LookAt($"partition {number}: effect {row.Seq}", row.Message, row.Problem);
                }
            }
        }

        private void InTables(int number, StoreReader reader)
        {
            (GrainKey Key, string Stored)? after = null;
            while (reader.AllRows(after, Page) is { Count: > 0 } rows)
            {
                foreach (var (key, _, row) in rows)
                {
                    Look($"partition {number}: a row's name in {key}", row.Row);
                    LookAt($"partition {number}: a row of {key}", row.Value, problem: null);
                }
                after = (rows[^1].Key, rows[^1].Stored);
            }
        }

        private void Look(string where, Func<ReadOnlyMemory<byte>> read)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                LookAt(where, read(), problem: null);
            }
            catch (StoreException exception) when (exception.KeyIsGone)
            {
                LookAt(where, ReadOnlyMemory<byte>.Empty, exception);
            }
        }

        private void LookAt(string where, ReadOnlyMemory<byte> content, StoreException? problem)
        {
            Records++;
            if (problem is not null) Unreadable++;
            else if (Stands(content.Span, texts)) Add(where);
        }

        private void Look(string where, string text)
        {
            if (Stands(Encoding.UTF8.GetBytes(text), texts)) Add(where);
        }

        private void Add(string where)
        {
            if (Found.Count < SearchReport.MostFound) Found.Add(where);
        }

        private static bool Stands(ReadOnlySpan<byte> content, IReadOnlyList<byte[]> forms)
        {
            foreach (var form in forms)
            {
                if (content.IndexOf(form) >= 0) return true;
            }
            return false;
        }
    }
}
