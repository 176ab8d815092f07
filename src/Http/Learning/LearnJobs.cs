using System.Globalization;
using DToC.Learn.Training;
using DToC.Twin;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DToC.Http.Learning;

/// <summary>
/// Runs jobs that learn from journals, one after the other beside the traffic. Jobs and their files are in memory: a
/// restart forgets them.
/// </summary>
internal sealed partial class LearnJobs(TimeProvider time, ILogger<LearnJobs> log) : BackgroundService
{
    /// <summary>Most jobs that wait.</summary>
    public const int MostWaiting = 8;

    /// <summary>Most jobs that are remembered; of more, those that ended first are forgotten.</summary>
    public const int MostKept = 32;

    private readonly Lock _lock = new();
    private readonly List<LearnJob> _jobs = [];
    private readonly List<(LearnJob Job, LearnWork Work)> _waiting = [];
    private readonly SemaphoreSlim _queued = new(0);
    private int _number;

    /// <summary>What a job does: gives its files.</summary>
    public delegate Task<IReadOnlyList<JobFile>> LearnWork(
        Action<ReadingProgress> progress, CancellationToken cancellation);

    private Instant Now => Instant.From(time.GetUtcNow());

    /// <summary>Queues a job; null when too many wait.</summary>
    public LearnJob? Add(string kind, IReadOnlyList<string> models, LearnWork work)
    {
        lock (_lock)
        {
            _waiting.RemoveAll(waiting => waiting.Job.HasEnded);
            if (_waiting.Count >= MostWaiting) return null;
            var id = string.Create(CultureInfo.InvariantCulture, $"{kind}-{++_number}");
            var job = new LearnJob(id, kind, models, Now);
            _jobs.Add(job);
            _waiting.Add((job, work));
            while (_jobs.Count > MostKept && _jobs.Find(old => old.HasEnded) is { } ended)
            {
                _jobs.Remove(ended);
                ended.Dispose();
            }
            _queued.Release();
            return job;
        }
    }

    /// <summary>All that are remembered, the newest first.</summary>
    public IReadOnlyList<JobForm> List()
    {
        lock (_lock) return [.. _jobs.Select(job => job.Show(Now)).Reverse()];
    }

    /// <summary>A job; null when none of the id is remembered.</summary>
    public LearnJob? Find(string id)
    {
        lock (_lock) return _jobs.Find(job => job.Id == id);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _queued.Dispose();
        foreach (var job in _jobs) job.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await _queued.WaitAsync(stoppingToken);
            if (Next() is not { } next) continue;
            using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, next.Job.Stopping);
            await RunAsync(next.Job, next.Work, stopping.Token);
        }
    }

    // Begun as it is taken: what runs is not forgotten.
    private (LearnJob Job, LearnWork Work)? Next()
    {
        lock (_lock)
        {
            while (_waiting.Count > 0)
            {
                var next = _waiting[0];
                _waiting.RemoveAt(0);
                if (next.Job.TryBegin(Now)) return next;
            }
            return null;
        }
    }

    private async Task RunAsync(LearnJob job, LearnWork work, CancellationToken cancellation)
    {
        try
        {
            // Fits take seconds of a processor at a time: not on a thread that answers requests.
            var files = await Task.Factory.StartNew(
                () => work(job.Read, cancellation), cancellation, TaskCreationOptions.LongRunning,
                TaskScheduler.Default).Unwrap();
            // What was made before the work saw that its job was stopped is nobody's.
            cancellation.ThrowIfCancellationRequested();
            job.End(JobState.Done, Now, files: files);
        }
        catch (OperationCanceledException)
        {
            job.End(JobState.Cancelled, Now);
        }
        catch (InvalidOperationException cannot)
        {
            job.End(JobState.Failed, Now, cannot.Message);
        }
#pragma warning disable CA1031 // one job's fault must not keep the others from running
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Faulted(log, fault, job.Id);
            job.End(JobState.Failed, Now, "It met a fault of the server, which is in its log.");
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Id} met a fault.")]
    private static partial void Faulted(ILogger log, Exception fault, string id);
}
