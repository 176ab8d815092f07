using DToC.Embedded;
using DToC.Embedded.Sealing;
using DToC.Grains;
using DToC.Twin;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace DToC.Conformance;

/// <summary>
/// The embedded host on a folder of its own. A crash is a copy of the files as they lie, without a chance to
/// close them, on which a new host starts.
/// </summary>
internal sealed class EmbeddedUnderTest : HostUnderTest
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ManualTime _time = new(DateTimeOffset.FromUnixTimeMilliseconds(1_750_000_000_000));
    private readonly string _root = Directory.CreateTempSubdirectory("dtoc-conformance-").FullName;
    private readonly HostSetup _setup;
    private readonly MasterKey? _masterKey;
    private EmbeddedHost _host;
    private string _folder;
    private int _starts;

    private EmbeddedUnderTest(HostSetup setup, MasterKey? masterKey)
    {
        _masterKey = masterKey;
        _setup = setup;
        _folder = NextFolder();
        _host = Start(_folder);
    }

    public override ITwinHost Host => _host;

    public override Instant Now => Instant.From(_time.GetUtcNow());

    /// <summary>Starts a host; with a master key what it stores is encrypted.</summary>
    public static async Task<HostUnderTest> StartAsync(HostSetup setup, MasterKey? masterKey = null)
    {
        var test = new EmbeddedUnderTest(setup, masterKey);
        foreach (var (resource, amount) in setup.Leases)
        {
            await test._host.GrantLeaseAsync(resource, amount, CancellationToken.None);
        }
        return test;
    }

    public override async Task<T> WaitFor<T>(Task<T> task)
    {
        // Most answers come without any timer of the host.
        await Task.WhenAny(task, Task.Delay(10));
        await Until(() => Task.FromResult(task.IsCompleted));
        return await task.WaitAsync(Patience);
    }

    public override async Task<bool> Until(Func<Task<bool>> condition)
    {
        var end = DateTime.UtcNow + Patience;
        while (!await condition())
        {
            if (DateTime.UtcNow > end) return false;
            await Task.Delay(2);
            _time.Elapse(TimeSpan.FromMilliseconds(200));
        }
        return true;
    }

    public override Task PassTime(long ms)
    {
        _time.Pass(TimeSpan.FromMilliseconds(ms));
        return Settle();
    }

    /// <summary>Quiet is when nothing waits and no turn was run over several looks.</summary>
    public override async Task Settle()
    {
        var (turns, quiet) = (-1L, 0);
        await Until(() =>
        {
            var partitions = _host.Status().Partitions;
            var now = partitions.Sum(p => p.Turns);
            var idle = now == turns && partitions.All(p => p.MailboxLength == 0 && p.PendingEffects == 0);
            quiet = idle ? quiet + 1 : 0;
            turns = now;
            return Task.FromResult(quiet >= 10);
        });
    }

    public override async Task CrashAndRestart()
    {
        var crashed = _host;
        var image = NextFolder();
        while (!TryCopy(_folder, image)) await Task.Delay(1);
        _folder = image;
        _host = Start(image);
        await crashed.DisposeAsync();
    }

    public override async Task Drain() => await _host.DisposeAsync();

    public override async Task<Reply> TellWhileCommitsFail(
        string id, GrainMessage message, Func<Task> meanwhile)
    {
        var locks = Directory.EnumerateFiles(_folder, "*.db")
            .Select(file => new SqliteConnection($"Data Source={file};Pooling=False")).ToList();
        foreach (var connection in locks)
        {
            connection.Open();
            using var begin = connection.CreateCommand();
            begin.CommandText = "BEGIN IMMEDIATE";
            begin.ExecuteNonQuery();
        }
        var reply = await TellAndWatch(id, message, meanwhile);
        foreach (var connection in locks) await connection.DisposeAsync();
        return reply;
    }

    public override async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    /// <summary>
    /// Copies all that outlives a process, not locks and shared memory; false when one of them changed meanwhile.
    /// </summary>
    private static bool TryCopy(string from, string to)
    {
        if (Directory.Exists(to)) Directory.Delete(to, recursive: true);
        Directory.CreateDirectory(to);
        var before = Look(from);
        foreach (var name in before.Keys)
        {
            var path = Path.Combine(from, name);
            var copy = Path.Combine(to, name);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!); // it lies in the folder
            using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var target = File.Create(copy);
            source.CopyTo(target);
        }
        return before.SequenceEqual(Look(from));
    }

    private static SortedDictionary<string, (long, DateTime)> Look(string folder)
    {
        var files = new SortedDictionary<string, (long, DateTime)>(StringComparer.Ordinal);
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            if (file.Name.EndsWith("-shm", StringComparison.Ordinal) || file.Extension == ".lock") continue;
            files[Path.GetRelativePath(folder, file.FullName)] = (file.Length, file.LastWriteTimeUtc);
        }
        return files;
    }

    private string NextFolder() => Path.Combine(_root, $"start-{++_starts}");

    private EmbeddedHost Start(string folder) => EmbeddedHost.Start(new EmbeddedOptions
    {
        DataFolder = folder,
        Catalog = _setup.Grains,
        InitialPlan = _setup.Plan,
        LoadPlan = ProbePlans.Read,
        Partitions = 2,
        Time = _time,
        // The same for every turn: the order in which partitions ask for seeds is left to chance.
        SeedSource = () => 7,
        UpkeepInterval = TimeSpan.FromSeconds(_setup.HasUpkeep ? 10 : 30 * 86_400),
        LockWait = TimeSpan.FromMilliseconds(50),
        MasterKey = _masterKey,
        // Few, so that keys are put out and read again all the time.
        KeyHandles = 4,
        KeysInMemory = 8,
    }, NullLogger.Instance);
}

/// <summary>The contract's checks on the embedded host.</summary>
public sealed class EmbeddedHostTests : HostContract
{
    /// <inheritdoc/>
    protected override Task<HostUnderTest> Start(HostSetup setup) => EmbeddedUnderTest.StartAsync(setup);
}

/// <summary>The contract's checks on the embedded host with encryption on.</summary>
public sealed class EncryptedHostTests : HostContract
{
    /// <inheritdoc/>
    protected override Task<HostUnderTest> Start(HostSetup setup) =>
        EmbeddedUnderTest.StartAsync(setup, new LocalMasterKey(new byte[MasterKey.KeyBytes]));
}
