using DToC.Learn.Training;
using DToC.Twin;

namespace DToC.Http.Learning;

/// <summary>What becomes of a job.</summary>
internal enum JobState
{
    /// <summary>Others come before it.</summary>
    Waiting,

    /// <summary>It reads journals, fits and grades.</summary>
    Running,

    /// <summary>Its files can be fetched.</summary>
    Done,

    /// <summary>It could not be done, and says why.</summary>
    Failed,

    /// <summary>Somebody stopped it.</summary>
    Cancelled,
}

/// <summary>A job as it is shown.</summary>
/// <param name="Kind"><c>training</c> or <c>backtest</c>.</param>
/// <param name="Models">Names of the models.</param>
/// <param name="Customers">Customers read so far.</param>
/// <param name="Of">Customers to be read, about; 0 while that is not known.</param>
/// <param name="SecondsLeft">How long the reading still takes, about; null before and after it.</param>
/// <param name="Error">Why it failed, or null.</param>
/// <param name="Files">Names of its files.</param>
internal sealed record JobForm(
    string Id, string Kind, IReadOnlyList<string> Models, JobState State, Instant CreatedAt, Instant? StartedAt,
    Instant? EndedAt, long Customers, long Of, double? SecondsLeft, string? Error, IReadOnlyList<string> Files);

/// <summary>A file that a job has made.</summary>
internal sealed record JobFile(string Name, byte[] Bytes)
{
    /// <summary>Its media type, by the ending of its name.</summary>
    public string MediaType => Path.GetExtension(Name) switch
    {
        ".json" => "application/json",
        ".svg" => "image/svg+xml",
        _ => "text/markdown; charset=utf-8",
    };
}

/// <summary>Something that is learnt from journals in the background. Its members may be read while it runs.</summary>
internal sealed class LearnJob(string id, string kind, IReadOnlyList<string> models, Instant createdAt) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private JobState _state = JobState.Waiting;
    private Instant? _startedAt;
    private Instant? _endedAt;
    private ReadingProgress _progress;
    private string? _error;
    private IReadOnlyList<JobFile> _files = [];

    public string Id { get; } = id;

    /// <summary>Ends the job's work when it is stopped.</summary>
    public CancellationToken Stopping => _stopping.Token;

    public bool HasEnded
    {
        get
        {
            lock (_lock) return _endedAt is not null;
        }
    }

    public void Read(ReadingProgress progress)
    {
        lock (_lock) _progress = progress;
    }

    /// <summary>Begins it; false when it was stopped before.</summary>
    public bool TryBegin(Instant now)
    {
        lock (_lock)
        {
            if (_endedAt is not null) return false;
            (_state, _startedAt) = (JobState.Running, now);
            return true;
        }
    }

    public void End(JobState state, Instant now, string? error = null, IReadOnlyList<JobFile>? files = null)
    {
        lock (_lock) (_state, _endedAt, _error, _files) = (state, now, error, files ?? []);
    }

    /// <summary>
    /// Stops it: one that waits has ended with that, one that runs ends when its work heeds it, and gives no files.
    /// </summary>
    public void Stop(Instant now)
    {
        lock (_lock)
        {
            if (_endedAt is not null) return;
            if (_state == JobState.Waiting) (_state, _endedAt) = (JobState.Cancelled, now);
            _stopping.Cancel();
        }
    }

    public JobFile? Find(string name)
    {
        lock (_lock) return _files.FirstOrDefault(file => file.Name == name);
    }

    public JobForm Show(Instant now)
    {
        lock (_lock)
        {
            double? left = null;
            if (_state == JobState.Running && _startedAt is { } started && IsReading)
            {
                var seconds = (now.UnixMs - started.UnixMs) / 1e3;
                left = Math.Max(0, seconds * (_progress.Of / (double)_progress.Customers - 1));
            }
            return new JobForm(
                Id, kind, models, _state, createdAt, _startedAt, _endedAt, _progress.Customers, _progress.Of, left,
                _error, [.. _files.Select(file => file.Name)]);
        }
    }

    public void Dispose() => _stopping.Dispose();

    // How long the fits behind the reading take, nobody knows.
    private bool IsReading => _progress is { Customers: > 0 } && _progress.Customers < _progress.Of;
}
