using DToC.Http.Learning;
using DToC.Learn.Training;
using Microsoft.Extensions.Logging.Abstractions;

namespace DToC.Http.Tests.Learning;

/// <summary>The queue of jobs, with work that ends when a test lets it.</summary>
public sealed class LearnJobsTests : IAsyncLifetime
{
    private readonly LearnJobs _jobs = new(TimeProvider.System, NullLogger<LearnJobs>.Instance);

    public Task InitializeAsync() => _jobs.StartAsync(CancellationToken.None);

    public async Task DisposeAsync()
    {
        await _jobs.StopAsync(CancellationToken.None);
        _jobs.Dispose();
    }

    // Of what does not look whether it was stopped.
    [Fact]
    public async Task Job_stopped_while_it_fits_is_cancelled_and_gives_no_files()
    {
        var (begun, fitted) = (new TaskCompletionSource(), new TaskCompletionSource());
        var job = Add((_, _) =>
        {
            begun.SetResult();
            return Fit(fitted.Task);
        });
        await begun.Task;
        job.Stop(default);
        fitted.SetResult();
        await Add((_, _) => Fit(Task.CompletedTask)).EndAsync();
        Assert.Equal(JobState.Cancelled, job.Show(default).State);
        Assert.Empty(job.Show(default).Files);
        job.Stop(default);
        Assert.Equal(JobState.Cancelled, job.Show(default).State);
    }

    [Fact]
    public async Task Job_stopped_while_it_waits_has_ended_and_its_place_is_free()
    {
        var fitted = new TaskCompletionSource();
        var (begun, ran) = (new TaskCompletionSource(), false);
        var first = Add((_, _) =>
        {
            begun.SetResult();
            return Fit(fitted.Task);
        });
        await begun.Task;
        var waiting = Enumerable.Range(0, LearnJobs.MostWaiting).Select(_ => Add((_, _) =>
        {
            ran = true;
            return Fit(Task.CompletedTask);
        })).ToList();
        Assert.Null(_jobs.Add("training", ["churn"], (_, _) => Fit(Task.CompletedTask)));
        foreach (var job in waiting) job.Stop(default);
        Assert.All(waiting, job => Assert.Equal(JobState.Cancelled, job.Show(default).State));
        var last = Add((_, _) => Fit(Task.CompletedTask));
        fitted.SetResult();
        await last.EndAsync();
        Assert.Equal((JobState.Done, JobState.Done), (first.Show(default).State, last.Show(default).State));
        Assert.False(ran);
    }

    [Fact]
    public async Task Time_left_is_that_of_the_reading_and_not_known_of_the_fit()
    {
        var (read, fitted) = (new TaskCompletionSource(), new TaskCompletionSource());
        Action<ReadingProgress>? tell = null;
        var job = Add((progress, _) =>
        {
            tell = progress;
            progress(new ReadingProgress(5, 10));
            read.SetResult();
            return Fit(fitted.Task);
        });
        await read.Task;
        Assert.NotNull(job.Show(job.Show(default).StartedAt!.Value.PlusMs(1_000)).SecondsLeft); // it has begun
        tell!(new ReadingProgress(10, 10)); // read is set behind it
        Assert.Null(job.Show(job.Show(default).StartedAt!.Value.PlusMs(1_000)).SecondsLeft);
        fitted.SetResult();
        await job.EndAsync();
    }

    private LearnJob Add(LearnJobs.LearnWork work)
    {
        var job = _jobs.Add("training", ["churn"], work);
        Assert.NotNull(job);
        return job;
    }

    private static async Task<IReadOnlyList<JobFile>> Fit(Task fitted)
    {
        await fitted;
        return [new JobFile("churn.json", [])];
    }
}

file static class Waiting
{
    public static async Task EndAsync(this LearnJob job)
    {
        for (var tries = 0; !job.HasEnded && tries < 600; tries++) await Task.Delay(50);
        Assert.True(job.HasEnded);
    }
}
