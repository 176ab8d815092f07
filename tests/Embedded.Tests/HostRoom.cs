using DToC.Conformance;
using DToC.Grains;
using DToC.Twin;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace DToC.Embedded.Tests;

/// <summary>A folder of its own with a clock and the hosts started on it; gone after the test.</summary>
public sealed class HostRoom : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private int _seed;
    private int _command;

    public HostRoom(int partitions = 2)
    {
        Folder = Directory.CreateTempSubdirectory("dtoc-embedded-").FullName;
        Options = new EmbeddedOptions
        {
            DataFolder = Folder,
            Partitions = partitions,
            Catalog = GrainCatalog.Empty.With(() => new ProbeGrain()),
            InitialPlan = ProbePlans.First,
            LoadPlan = ProbePlans.Read,
            Time = Time,
            SeedSource = () => (ulong)Interlocked.Increment(ref _seed),
            AdmissionWait = TimeSpan.Zero,
        };
    }

    public string Folder { get; }

    public FakeTime Time { get; } = new();

    public EmbeddedOptions Options { get; set; }

    public EmbeddedHost? Host { get; private set; }

    /// <summary>
    /// Takes the files of another folder as they lie, without the index of the log: that is memory of the process that
    /// uses it, as after a power cut.
    /// </summary>
    public void CopyFilesOf(string other)
    {
        foreach (var file in Directory.EnumerateFiles(other, "*", SearchOption.AllDirectories))
        {
            if (!file.EndsWith(".db", StringComparison.Ordinal) && !file.EndsWith(".db-wal", StringComparison.Ordinal)
                && !file.EndsWith(".json", StringComparison.Ordinal)) continue;
            var target = Path.Combine(Folder, Path.GetRelativePath(other, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>The moment the clock shows.</summary>
    public Instant Now => Instant.From(Time.GetUtcNow());

    public EmbeddedHost Start() => Host = EmbeddedHost.Start(Options, NullLogger.Instance);

    public async Task<EmbeddedHost> RestartAsync()
    {
        if (Host is not null) await Host.DisposeAsync();
        return Start();
    }

    /// <summary>A new command id, the same in every run.</summary>
    public string Id() => $"c{Interlocked.Increment(ref _command)}";

    /// <summary>Adds an amount to a probe.</summary>
    public ValueTask<Reply> AddAsync(string probe, long amount) =>
        SendAsync(probe, Addition(amount));

    public ValueTask<Reply> SendAsync(string probe, GrainMessage message) =>
        Host!.SendAsync(ProbeGrain.Key(probe), message, default);

    /// <summary>Sends messages that run in one batch: each on what those before it have not committed yet.</summary>
    public Task<Reply[]> SendTogetherAsync(params (string Probe, GrainMessage Message)[] messages)
    {
        var letters = messages.Select(message => new Letter(ProbeGrain.Key(message.Probe), message.Message));
        return Host!.SendAllAsync([.. letters], default).AsTask();
    }

    /// <summary>What <see cref="AddAsync"/> sends.</summary>
    public ProbeMessage.Add Addition(long amount) => new(Id(), Now, amount);

    /// <summary>The committed state of a probe, which must have been written.</summary>
    public async Task<ProbeState> StateAsync(string probe)
    {
        var key = ProbeGrain.Key(probe);
        var stored = await Host!.ReadAsync(key, default);
        Assert.NotNull(stored);
        return (ProbeState)new ProbeGrain().Decode(key, stored.Bytes.Span, Host.Plans);
    }

    /// <summary>A probe's committed total, 0 when it was never written.</summary>
    public async Task<long> TotalAsync(string probe) =>
        await Host!.ReadAsync(ProbeGrain.Key(probe), default) is null ? 0 : (await StateAsync(probe)).Total;

    /// <summary>
    /// Holds the write lock of a partition's file as a backup might: commits wait until it is disposed.
    /// </summary>
    public IDisposable HoldCommits(int partition)
    {
        var connection = OpenFile(partition);
        using var begin = connection.CreateCommand();
        begin.CommandText = "BEGIN IMMEDIATE";
        begin.ExecuteNonQuery();
        return connection; // closing rolls back
    }

    /// <summary>A number read from a partition's file beside the host.</summary>
    public long Number(int partition, string sql)
    {
        using var connection = OpenFile(partition);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!; // the query gives one number
    }

    public void Execute(int partition, string sql)
    {
        using var connection = OpenFile(partition);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Waits for what the host does in the background.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!await holds())
        {
            Assert.False(limit.IsCancellationRequested, "It did not come about within a minute.");
            await Task.Yield();
        }
    }

    /// <summary>The result, or a failure when it takes longer than any sound host needs.</summary>
    public static Task<T> SoonAsync<T>(ValueTask<T> task) => task.AsTask().WaitAsync(Patience);

    public async ValueTask DisposeAsync()
    {
        if (Host is not null) await Host.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private SqliteConnection OpenFile(int partition)
    {
        var connection = new SqliteConnection($"Data Source={Folder}/partition-{partition:D3}.db;Pooling=False");
        connection.Open();
        return connection;
    }
}
