using DToC.Load.InProcess;
using DToC.Load.Server;
using DToC.Load.Traffic;

namespace DToC.Load.Peers;

/// <summary>
/// What a team would otherwise write, beside the product, in the same run: PostgreSQL and Redis, each keeping a state
/// for each customer and a journal, acknowledged when durable. One that is not installed is named as skipped.
/// </summary>
internal sealed class PeerFigures(Scene scene, Figures figures)
{
    public static readonly string[] Names =
    [
        "batch_1_to_postgres", "batch_1_to_redis_always", "batch_1000_to_postgres", "batch_1000_to_redis_always",
    ];

    private const int Batch = 1_000;

    private readonly Roster _roster = new(scene.Options.Customers, scene.Options.Partitions);

    public async Task MeasureAsync(CancellationToken cancellation)
    {
        using var postgres = StartPostgres();
        using var redis = StartRedis();
        using var server = await ServerProcess.StartAsync(await scene.NewFolderAsync(_roster), cancellation);
        var sql = postgres is null ? null : new PostgresContender(postgres, _roster.Ids);
        if (redis is not null) RedisContender.Insert(redis, _roster.Ids);
        await SinglesAsync(server, sql, redis, cancellation);
        await BatchesAsync(server, sql, redis, cancellation);
        Check(sql, redis);
    }

    private async Task SinglesAsync(
        ServerProcess server, PostgresContender? sql, RedisServer? redis, CancellationToken cancellation)
    {
        var ours = new OurServer(server, isLines: false);
        var always = redis is null ? null : new RedisContender(redis, "always", isPipeline: false);
        var lazy = redis is null ? null : new RedisContender(redis, "everysec", isPipeline: false);
        var contest = new Contest(scene, figures, _roster, batch: 1);
        IContender?[] all = [ours, sql, always, lazy];
        await contest.RunAsync([.. all.OfType<IContender>()], cancellation);
        figures.Comment("over HTTP, as the peers are reached over sockets:");
        if (sql is not null) figures.Print("batch_1_to_postgres", contest.Ratio([ours], [sql]));
        if (always is not null) figures.Print("batch_1_to_redis_always", contest.Ratio([ours], [always]));
        var inProcess = await InProcessAsync();
        figures.Comment("in one process, for comparison only:");
        figures.Print("embedded_batch_1_events_per_s", inProcess);
        if (sql is not null) figures.Print("embedded_batch_1_to_postgres", inProcess / contest.RateOf(sql));
        if (always is not null) figures.Print("embedded_batch_1_to_redis_always", inProcess / contest.RateOf(always));
    }

    private async Task BatchesAsync(
        ServerProcess server, PostgresContender? sql, RedisServer? redis, CancellationToken cancellation)
    {
        IContender[] ours = [new OurServer(server, isLines: false), new OurServer(server, isLines: true)];
        IContender[] always = redis is null ? [] :
        [
            new RedisContender(redis, "always", isPipeline: false),
            new RedisContender(redis, "always", isPipeline: true),
        ];
        IContender[] lazy = redis is null ? [] : [new RedisContender(redis, "everysec", isPipeline: false)];
        IContender[] others = sql is null ? [] : [sql];
        var contest = new Contest(scene, figures, _roster, Batch);
        await contest.RunAsync([.. ours, .. others, .. always, .. lazy], cancellation);
        figures.Comment("over HTTP, as the peers are reached over sockets:");
        if (others.Length > 0) figures.Print($"batch_{Batch}_to_postgres", contest.Ratio(ours, others));
        if (always.Length > 0) figures.Print($"batch_{Batch}_to_redis_always", contest.Ratio(ours, always));
    }

    /// <summary>Single events to a host in this process, each awaited until it is durable, many at a time.</summary>
    private async Task<double> InProcessAsync()
    {
        await using var embedded = new EmbeddedPace(scene, await scene.NewFolderAsync(_roster), _roster);
        await embedded.WarmAsync();
        await embedded.WarmAsync();
        List<double> rates = [];
        for (var i = 0; i < LoadOptions.Repeats; i++) rates.Add(await embedded.RepeatAsync());
        return Figures.Median(rates);
    }

    /// <summary>What the peers acknowledged is there.</summary>
    private void Check(PostgresContender? sql, RedisServer? redis)
    {
        if (sql is not null)
        {
            var (journal, folded) = sql.Counts(_roster.Ids.Length);
            figures.Comment($"PostgreSQL holds {journal} events");
            if (journal != folded)
            {
                throw new InvalidOperationException(
                    $"PostgreSQL's states hold {folded} events, its journal {journal}.");
            }
        }
        if (redis is not null) figures.Comment($"Redis holds {RedisContender.Journal(redis)} events");
    }

    private PostgresServer? StartPostgres()
    {
        if (PeerPrograms.PostgresFolder() is { } folder) return new PostgresServer(folder);
        figures.Comment("PostgreSQL: skipped, not installed (Debian: apt-get install postgresql)");
        return null;
    }

    private RedisServer? StartRedis()
    {
        if (PeerPrograms.OnPath("redis-server") is { } program) return new RedisServer(program);
        figures.Comment("Redis: skipped, not installed (Debian: apt-get install redis-server)");
        return null;
    }
}
