using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DToC.Embedded.Storage;
using DToC.Grains;
using DToC.Twin;

namespace DToC.Embedded.Vaults;

/// <summary>An erasure that was begun.</summary>
/// <param name="Token">Random name, 32 hexadecimal digits.</param>
/// <param name="Begun">When it was asked for.</param>
/// <param name="By">Who asked.</param>
/// <param name="Subject">Who is erased; the ledger forgets it once all is done.</param>
internal sealed record OpenErasure(string Token, Instant Begun, string By, DataSubject Subject)
{
    /// <summary>Numbers of the keys that its rows are sealed with: they are destroyed in the end.</summary>
    public IReadOnlyList<long> SealKeys { get; init; } = [];

    /// <summary>
    /// Number of the erasure that this one repeats, in a folder that was restored; 0 for none. What it closes is closed
    /// by that one, and let in again with it.
    /// </summary>
    public long AgainOf { get; init; }
}

/// <summary>How a key stands in the ledger.</summary>
/// <param name="Closed">Number of the newest erasure that closes it; 0 for none.</param>
/// <param name="Again">Number of the newest one after which it was let in again; 0 for none.</param>
internal readonly record struct Standing(long Closed, long Again)
{
    /// <summary>Number of the newest erasure of it.</summary>
    public long Newest => Math.Max(Closed, Again);
}

/// <summary>
/// Who was erased, as keyed hashes (HMAC-SHA-256 under a secret of the vault, 16 bytes of it): whether a key is among
/// them can be told, who is among them cannot. Erasures under way stand here with names, so that a host that stops
/// completes them. Who was let in again is taken in from a moment on. Used by any thread.
/// </summary>
internal sealed partial class ErasureLedger
{
    private const int HashBytes = 16;
    private const string SecretName = "suppression";

    private readonly VaultFile _vault;
    private readonly byte[] _secret;
    private readonly ConcurrentDictionary<UInt128, Standing> _erased = [];
    private readonly ConcurrentDictionary<long, Readmission> _readmissions = [];
    private readonly ConcurrentDictionary<string, bool> _closing = new(StringComparer.Ordinal);
    private volatile bool _isApplied = true;

    // The dictionary takes all its locks to say that it is empty, and nearly every ledger is.
    private volatile bool _isEmpty;

    public ErasureLedger(VaultFile vault)
    {
        _vault = vault;
        _secret = vault.Secret(SecretName);
        foreach (var (seq, readmission) in vault.Use(ReadReadmissions)) _readmissions[seq] = readmission;
        foreach (var (hash, seq) in vault.Use(ReadAll)) _erased[hash] = With(_erased.GetValueOrDefault(hash), seq);
        _isEmpty = _erased.IsEmpty;
        AtStart = vault.Use(static database => database.Number("SELECT max(seq) FROM erasure") ?? 0);
        foreach (var open in ReadOpen()) BeginClosing(open);
    }

    /// <summary>
    /// False while the folder may hold what was erased since the backup it was restored from. Those who were let in
    /// again stay closed so long.
    /// </summary>
    public bool IsApplied
    {
        get => _isApplied;
        set => _isApplied = value;
    }

    /// <summary>Number of the newest erasure that was begun before this process; 0 for none.</summary>
    public long AtStart { get; }

    /// <summary>Whether a vault's ledger names a customer, read beside the process that uses it.</summary>
    public static bool IsErasedBeside(EmbeddedOptions options, string customer)
    {
        var path = VaultFile.PathOf(options);
        if (!File.Exists(path)) return false;
        using var vault = Database.OpenBeside(path, options);
        if (VaultFile.ReadSecret(vault, SecretName) is not { } secret) return false;
        Span<byte> hash = stackalloc byte[HashBytes];
        BinaryPrimitives.WriteUInt128LittleEndian(
            hash, HashOf(secret, GrainKey.Customer(customer)));
        var isFirst = vault.Number("PRAGMA user_version") == 1; // nobody could be let in again
        using var find = new Statement(vault.Handle, isFirst
            ? "SELECT 1 FROM erased WHERE hash=?"
            : "SELECT 1 FROM erased JOIN erasure USING(seq) WHERE hash=? AND readmission IS NULL");
        return find.Bind(1, hash).Step();
    }

    /// <summary>True when nobody was ever erased.</summary>
    public bool IsEmpty => _isEmpty;

    /// <summary>All erasures up to this number are complete.</summary>
    public long Completed => _vault.Use(static database =>
        database.Number("SELECT min(seq) - 1 FROM erasure WHERE subject IS NOT NULL")
        ?? database.Number("SELECT max(seq) FROM erasure") ?? 0);

    /// <summary>How a key stands.</summary>
    public Standing StandingOf(GrainKey key) =>
        key.Kind == GrainKind.Customer && !_isEmpty ? _erased.GetValueOrDefault(HashOf(key)) : default;

    /// <summary>
    /// Whether a customer is closed and its erasure still looks for who else belongs to it: those who move to it must
    /// be found on their way.
    /// </summary>
    public bool IsClosing(GrainKey key) =>
        key.Kind == GrainKind.Customer && !_closing.IsEmpty && _closing.ContainsKey(key.Id);

    /// <summary>All who belong to an erasure are closed.</summary>
    public void EndClosing(OpenErasure erasure)
    {
        foreach (var customer in erasure.Subject.Closed) _closing.TryRemove(customer, out _);
    }

    /// <summary>Whether a key was erased, or is being, and was not let in again.</summary>
    public bool IsErased(GrainKey key) => StandingOf(key).Closed > 0;

    /// <summary>Whether a key takes no message now: it was erased, or what was erased of it may yet be here.</summary>
    public bool IsClosed(GrainKey key) => IsClosed(StandingOf(key));

    /// <inheritdoc cref="IsClosed(GrainKey)"/>
    public bool IsClosed(Standing standing) => standing.Closed > 0 || (standing.Again > 0 && !IsApplied);

    /// <summary>How one that stands so was let in again; null for one that was not.</summary>
    public Readmission? ReadmissionOf(Standing standing) =>
        standing is { Closed: 0, Again: > 0 and var seq } ? _readmissions[seq] : null;

    /// <summary>Whether an effect is of a sender that was erased since.</summary>
    public bool IsGone(GrainKey sender, long sequence)
    {
        return IsClosed(StandingOf(sender)) || IsOfBefore(sender, sequence);
    }

    /// <summary>Whether an effect is of the time before its sender was let in again.</summary>
    public bool IsOfBefore(GrainKey sender, long sequence) =>
        ReadmissionOf(StandingOf(sender)) is { } again && sequence <= again.Floor;

    /// <summary>A name for a key that only those who know the key can recognise: 12 hexadecimal digits.</summary>
    public string PseudonymOf(GrainKey key) => HashOf(key).ToString("x32", CultureInfo.InvariantCulture)[..12];

    /// <summary>Erasures that are not completed, the oldest first.</summary>
    public List<OpenErasure> ReadOpen() => _vault.Use(static database =>
    {
        using var rows = new Statement(
            database.Handle, """
            SELECT token, begun, subject, coalesce(again_of, 0) FROM erasure WHERE subject IS NOT NULL ORDER BY seq
            """);
        List<OpenErasure> open = [];
        while (rows.Step())
        {
            var (by, subject, keys) = JsonSerializer.Deserialize<Named>(rows.Blob(2))!; // written as one
            open.Add(new OpenErasure(rows.Text(0), new Instant(rows.Int64(1)), by, subject)
            {
                SealKeys = keys,
                AgainOf = rows.Int64(3),
            });
        }
        return open;
    });

    /// <summary>Whether an erasure is not completed.</summary>
    public bool IsOpen(OpenErasure erasure) => _vault.Use(database =>
    {
        using var find = new Statement(
            database.Handle, "SELECT 1 FROM erasure WHERE token=? AND subject IS NOT NULL");
        return find.BindText(1, erasure.Token).Step();
    });

    /// <summary>Closes a subject's keys: durable when this returns.</summary>
    /// <param name="subject">Who is erased.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="now">When.</param>
    /// <param name="againOf">See <see cref="OpenErasure.AgainOf"/>.</param>
    /// <exception cref="StoreException">Nothing was begun.</exception>
    public OpenErasure Begin(DataSubject subject, string by, Instant now, long againOf = 0)
    {
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var erasure = new OpenErasure(token, now, by, subject) { AgainOf = againOf };
        Write(erasure, """
            INSERT INTO erasure(token, begun, subject, again_of) VALUES(?,?,?,?)
            """);
        return erasure;
    }

    /// <summary>More turned out to be the subject's: closes that too.</summary>
    /// <exception cref="StoreException">Nothing was changed.</exception>
    public OpenErasure Widen(OpenErasure wider)
    {
        Write(wider, """
            UPDATE erasure SET token=?1, begun=?2, subject=?3, again_of=?4 WHERE token=?1
            """);
        return wider;
    }

    /// <summary>An erasure is completed: its names go, its hashes stay.</summary>
    /// <exception cref="StoreException">It is still open.</exception>
    public void End(OpenErasure erasure) => _vault.Write(database => End(erasure, database));

    /// <summary>The same, within a transaction of the vault.</summary>
    public static void End(OpenErasure erasure, Database vault)
    {
        using var end = new Statement(vault.Handle, "UPDATE erasure SET subject=NULL WHERE token=?");
        end.BindText(1, erasure.Token).Run();
    }

    private void Write(OpenErasure erasure, string sql)
    {
        var hashes = erasure.Subject.Closed.Select(id => HashOf(GrainKey.Customer(id))).ToList();
        var seq = 0L;
        _vault.Write(database =>
        {
            using var row = new Statement(database.Handle, sql);
            row.BindText(1, erasure.Token).Bind(2, erasure.Begun.UnixMs)
                .Bind(3, JsonSerializer.SerializeToUtf8Bytes(
                    new Named(erasure.By, erasure.Subject, erasure.SealKeys)));
            if (erasure.AgainOf != 0) row.Bind(4, erasure.AgainOf);
            row.Run();
            using var find = new Statement(database.Handle, "SELECT seq FROM erasure WHERE token=?");
            seq = find.BindText(1, erasure.Token).Step() ? find.Int64(0) : 0;
            find.Reset();
            Close(database, hashes, erasure.AgainOf, seq);
        });
        BeginClosing(erasure);
        seq = erasure.AgainOf == 0 ? seq : erasure.AgainOf;
        foreach (var hash in hashes)
        {
            // Of one erasure again, what was closed by another is that one's.
            if (erasure.AgainOf == 0 || !_erased.ContainsKey(hash))
                _erased[hash] = With(_erased.GetValueOrDefault(hash), seq);
        }
        _isEmpty = _erased.IsEmpty;
    }

    private static void Close(Database vault, List<UInt128> hashes, long againOf, long seq)
    {
        using var close = new Statement(vault.Handle, againOf == 0
            ? "INSERT OR IGNORE INTO erased(hash, seq) VALUES(?1, ?2)"
            : "INSERT INTO erased(hash, seq) SELECT ?1, ?2 WHERE NOT EXISTS(SELECT 1 FROM erased WHERE hash=?1)");
        Span<byte> bytes = stackalloc byte[HashBytes];
        foreach (var hash in hashes)
        {
            BinaryPrimitives.WriteUInt128LittleEndian(bytes, hash);
            close.Bind(1, bytes).Bind(2, againOf == 0 ? seq : againOf).Run();
        }
    }

    private void BeginClosing(OpenErasure erasure)
    {
        foreach (var customer in erasure.Subject.Closed) _closing[customer] = true;
    }

    private UInt128 HashOf(GrainKey key) => HashOf(_secret, key);

    private static UInt128 HashOf(byte[] secret, GrainKey key)
    {
        Span<byte> name = stackalloc byte[1 + GrainKey.MaxIdBytes];
        name[0] = (byte)key.Kind;
        var length = 1 + Encoding.UTF8.GetBytes(key.Id, name[1..]);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, name[..length], hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    private static List<(UInt128 Hash, long Seq)> ReadAll(Database database)
    {
        using var rows = new Statement(database.Handle, "SELECT hash, seq FROM erased");
        List<(UInt128, long)> all = [];
        while (rows.Step()) all.Add((BinaryPrimitives.ReadUInt128LittleEndian(rows.Blob(0)), rows.Int64(1)));
        return all;
    }

    /// <summary>What an open erasure keeps of names.</summary>
    private sealed record Named(string By, DataSubject Subject, IReadOnlyList<long> SealKeys);
}
