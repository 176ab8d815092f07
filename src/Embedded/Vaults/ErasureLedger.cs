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
}

/// <summary>
/// Who was erased, as keyed hashes (HMAC-SHA-256 under a secret of the vault, 16 bytes of it): whether a key is among
/// them can be told, who is among them cannot. Erasures under way stand here with names, so that a host that stops
/// completes them. Used by any thread.
/// </summary>
internal sealed class ErasureLedger
{
    private const int HashBytes = 16;
    private const string SecretName = "suppression";

    private readonly VaultFile _vault;
    private readonly byte[] _secret;
    private readonly ConcurrentDictionary<UInt128, long> _erased = [];
    private readonly ConcurrentDictionary<string, bool> _closing = new(StringComparer.Ordinal);

    public ErasureLedger(VaultFile vault)
    {
        _vault = vault;
        _secret = vault.Secret(SecretName);
        foreach (var (hash, seq) in vault.Use(ReadAll)) _erased[hash] = seq;
        AtStart = Newest;
        foreach (var open in ReadOpen()) BeginClosing(open);
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
        using var find = new Statement(vault.Handle, "SELECT 1 FROM erased WHERE hash=?");
        return find.Bind(1, hash).Step();
    }

    /// <summary>True when nobody was ever erased.</summary>
    public bool IsEmpty => _erased.IsEmpty;

    /// <summary>Number of the newest erasure; 0 for none.</summary>
    public long Newest => _vault.Use(static database => database.Number("SELECT max(seq) FROM erasure") ?? 0);

    /// <summary>Whether a key was erased, or is being.</summary>
    public bool IsErased(GrainKey key) =>
        key.Kind == GrainKind.Customer && !_erased.IsEmpty && _erased.ContainsKey(HashOf(key));

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

    /// <summary>Whether a key was closed before this process began.</summary>
    public bool WasErased(GrainKey key) => _erased.TryGetValue(HashOf(key), out var seq) && seq <= AtStart;

    /// <summary>A name for a key that only those who know the key can recognise: 12 hexadecimal digits.</summary>
    public string PseudonymOf(GrainKey key) => HashOf(key).ToString("x32", CultureInfo.InvariantCulture)[..12];

    /// <summary>Erasures that are not completed, the oldest first.</summary>
    public List<OpenErasure> ReadOpen() => _vault.Use(static database =>
    {
        using var rows = new Statement(
            database.Handle, "SELECT token, begun, subject FROM erasure WHERE subject IS NOT NULL ORDER BY seq");
        List<OpenErasure> open = [];
        while (rows.Step())
        {
            var (by, subject, keys) = JsonSerializer.Deserialize<Named>(rows.Blob(2))!; // written as one
            open.Add(new OpenErasure(rows.Text(0), new Instant(rows.Int64(1)), by, subject) { SealKeys = keys });
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
    /// <exception cref="StoreException">Nothing was begun.</exception>
    public OpenErasure Begin(DataSubject subject, string by, Instant now)
    {
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var erasure = new OpenErasure(token, now, by, subject);
        Write(erasure, """
            INSERT INTO erasure(token, begun, subject) VALUES(?,?,?)
            """);
        return erasure;
    }

    /// <summary>More turned out to be the subject's: closes that too.</summary>
    /// <exception cref="StoreException">Nothing was changed.</exception>
    public OpenErasure Widen(OpenErasure wider)
    {
        Write(wider, "UPDATE erasure SET token=?1, begun=?2, subject=?3 WHERE token=?1");
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
                    new Named(erasure.By, erasure.Subject, erasure.SealKeys))).Run();
            using var find = new Statement(database.Handle, "SELECT seq FROM erasure WHERE token=?");
            seq = find.BindText(1, erasure.Token).Step() ? find.Int64(0) : 0;
            find.Reset();
            using var close = new Statement(database.Handle, "INSERT OR REPLACE INTO erased(hash, seq) VALUES(?,?)");
            Span<byte> bytes = stackalloc byte[HashBytes];
            foreach (var hash in hashes)
            {
                BinaryPrimitives.WriteUInt128LittleEndian(bytes, hash);
                close.Bind(1, bytes).Bind(2, seq).Run();
            }
        });
        BeginClosing(erasure);
        foreach (var hash in hashes) _erased[hash] = seq;
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
