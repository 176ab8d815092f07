using System.Security.Cryptography;
using DToC.Embedded.Storage;

namespace DToC.Embedded.Vaults;

/// <summary>
/// What must outlive the data and never lie beside a copy of them: a folder's secrets, and the ledger of who was
/// erased. <c>dtoc backup</c> leaves it out, so that a backup tells less once something is gone from here. A restored
/// folder needs the vault of the folder that was copied: without its ledger, erased customers would be back.
/// Used by any thread, one at a time.
/// </summary>
internal sealed class VaultFile : IDisposable
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "vault.db";

    /// <summary>Name of the vault's folder within the data folder, unless it is put elsewhere.</summary>
    public const string DefaultFolder = "vault";

    private const string LockName = "vault.lock";
    private const int ApplicationId = 0x44547661; // "DTva"
    private const int Version = 2;
    private const int SecretBytes = 32;

    // A hash may be of several erasures; those who were erased may be let in again.
    private const string StepFrom1 = """
        BEGIN IMMEDIATE;
        ALTER TABLE erased RENAME TO erased_1;
        CREATE TABLE erased(hash BLOB NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY(hash, seq)) WITHOUT ROWID;
        INSERT INTO erased(hash, seq) SELECT hash, seq FROM erased_1;
        DROP TABLE erased_1;
        ALTER TABLE erasure ADD COLUMN again_of INTEGER;
        ALTER TABLE erasure ADD COLUMN readmission BLOB;
        PRAGMA user_version=2;
        COMMIT;
        """;

    private readonly Database _database;
    private readonly FileStream _lock;
    private readonly Lock _gate = new();
    private bool _isLogHeld = true; // by whoever used it before, until it has been emptied once

    private VaultFile(Database database, FileStream held, string id)
    {
        _database = database;
        _lock = held;
        Id = id;
    }

    /// <summary>Random name, 16 hexadecimal digits; the data folder's record carries it.</summary>
    public string Id { get; }

    /// <summary>Where a folder's vault is.</summary>
    public static string FolderOf(EmbeddedOptions options) =>
        Path.GetFullPath(options.VaultFolder ?? Path.Combine(options.DataFolder, DefaultFolder));

    /// <summary>The file of a folder's vault.</summary>
    public static string PathOf(EmbeddedOptions options) => Path.Combine(FolderOf(options), FileName);

    /// <summary>The id that a vault has; null for none.</summary>
    public static string? IdOf(Database vault) => vault.Text("SELECT value FROM meta WHERE name='vault'");

    /// <summary>A secret as it lies in a vault; null when there is none.</summary>
    public static byte[]? ReadSecret(Database vault, string name)
    {
        using var row = new Statement(vault.Handle, "SELECT value FROM secret WHERE name=?");
        return row.BindText(1, name).Step() ? row.Blob(0).ToArray() : null;
    }

    /// <summary>Opens the vault of a data folder, or makes one for a folder that has none yet.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="id">The vault that the folder's record names; null when it names none.</param>
    /// <exception cref="DataFolderException">It is missing, of another folder, or used by another process.</exception>
    public static VaultFile Open(EmbeddedOptions options, string? id)
    {
        var folder = FolderOf(options);
        var path = PathOf(options);
        if (id is not null && !File.Exists(path))
        {
            throw new DataFolderException(
                $"The vault '{path}' of '{options.DataFolder}' is missing. It holds the ledger of erasures and the "
                + "keys: put it in its place (a restored folder needs the vault of the folder that was backed up), or "
                + "name its folder.");
        }
        CreateFolder(folder);
        var held = Lock(folder);
        Database? database = null;
        try
        {
            database = Database.OpenWriter(path, options, create: id is null);
            var found = Prepare(database, path);
            if (id is not null && found != id)
            {
                throw new DataFolderException(
                    $"'{path}' is vault {found}; '{options.DataFolder}' belongs to vault {id}. Put that one in its "
                    + "place.");
            }
            var vault = new VaultFile(database, held, found);
            vault.TryEmptyLog();
            return vault;
        }
        catch
        {
            database?.Dispose();
            held.Dispose();
            throw;
        }
    }

    /// <summary>Does something with the database while nobody else does.</summary>
    public T Use<T>(Func<Database, T> action)
    {
        lock (_gate) return action(_database);
    }

    /// <summary>
    /// Does something as one transaction, durable when this returns. Nothing that it removed is left in the vault's
    /// files then, unless somebody beside holds the log: who must know calls <see cref="EmptyLog"/>.
    /// </summary>
    /// <exception cref="StoreException">Nothing of it is kept.</exception>
    public void Write(Action<Database> action)
    {
        lock (_gate)
        {
            _database.Execute("BEGIN IMMEDIATE");
            try
            {
                action(_database);
                _database.Execute("COMMIT");
            }
            catch
            {
                _database.RollBack();
                throw;
            }
            _isLogHeld = true;
            TryEmptyLog();
        }
    }

    /// <summary>Sees to it that nothing that was removed is left in the vault's files.</summary>
    /// <exception cref="StoreException">Somebody holds the log, a copy of the vault for example: try again.</exception>
    public void EmptyLog()
    {
        lock (_gate)
        {
            if (!_isLogHeld) return;
            _database.EmptyLog();
            _isLogHeld = false;
        }
    }

    private void TryEmptyLog()
    {
        try
        {
            EmptyLog();
        }
        catch (StoreException)
        {
            // What was to be done is done; what is left in the log goes with the next one that empties it.
        }
    }

    /// <summary>A secret of 32 bytes; made at the first time it is asked for.</summary>
    public byte[] Secret(string name) => Find(name) ?? Keep(name, RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>A secret in the form its owner gives it; made at the first time it is asked for.</summary>
    public byte[] Secret(string name, Func<byte[]> make) => Find(name) ?? Keep(name, make());

    public void Dispose()
    {
        lock (_gate) _database.Dispose();
        _lock.Dispose();
    }

    private byte[]? Find(string name) => Use(database => ReadSecret(database, name));

    private byte[] Keep(string name, byte[] value)
    {
        Write(database =>
        {
            using var insert = new Statement(database.Handle, "INSERT INTO secret(name, value) VALUES(?,?)");
            insert.BindText(1, name).Bind(2, value).Run();
        });
        return value;
    }

    private static void CreateFolder(string folder)
    {
        const UnixFileMode owners = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, owners);
    }

    private static FileStream Lock(string folder)
    {
        try
        {
            return new FileStream(
                Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new DataFolderException(
                $"The vault '{folder}' is in use by another process (its '{LockName}' is locked).", exception);
        }
    }

    private static string Prepare(Database database, string path)
    {
        if (database.Number("SELECT count(*) FROM sqlite_schema") == 0)
        {
            database.Execute($"""
                BEGIN IMMEDIATE;
                CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
                CREATE TABLE secret(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
                CREATE TABLE erased(
                    hash BLOB NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY(hash, seq)) WITHOUT ROWID;
                CREATE TABLE erasure(
                    seq INTEGER PRIMARY KEY AUTOINCREMENT, token TEXT NOT NULL UNIQUE, begun INTEGER NOT NULL,
                    subject BLOB, again_of INTEGER, readmission BLOB);
                INSERT INTO meta(name, value) VALUES('vault', '{DataFolder.NewId()}');
                PRAGMA application_id={ApplicationId};
                PRAGMA user_version={Version};
                COMMIT;
                PRAGMA wal_checkpoint(TRUNCATE);
                """);
        }
        if (database.Number("PRAGMA application_id") != ApplicationId)
            throw new DataFolderException($"'{path}' is a database of another program.");
        if (database.Number("PRAGMA user_version") == 1) database.Execute(StepFrom1);
        if (database.Number("PRAGMA user_version") is not Version and var version)
        {
            throw new DataFolderException(
                $"'{path}' has version {version}; this build reads {Version}. Start the release that wrote it.");
        }
        return IdOf(database) ?? throw new DataFolderException($"'{path}' has no id; it is damaged.");
    }
}
