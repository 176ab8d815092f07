using System.Text;
using DToC.Grains;
using DToC.Http.Problems;
using DToC.Http.Simulations;
using DToC.Learn.Simulating;
using DToC.Learn.Training;
using DToC.Twin;
using DToC.Twin.Plan;
using DToC.Twin.Simulation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DToC.Http.Learning;

/// <summary>
/// <c>POST /v1/backtests</c> with <c>"simulate": true</c>: the simulation itself is graded on the past.
/// </summary>
internal static class SimulatedBacktest
{
    private const int DefaultWeeks = 13;

    public static Results<JsonHttpResult<JobForm>, ProblemResult> Begin(
        LearnForm form, TrainingOptions training, ITwinHost host, LearnJobs jobs, HttpOptions options,
        TimeProvider time)
    {
        if (form.At is not { } at)
        {
            return new ProblemResult(
                ProblemKind.Malformed, "at is missing: the past moment to begin from, such as 2026-03-01T00:00:00Z.");
        }
        if (form.Model is not null || form.Models is { Count: > 0 })
        {
            return new ProblemResult(
                ProblemKind.Malformed, "A simulation is graded as a whole; leave model and models out.");
        }
        var (weeks, now) = (form.Weeks ?? DefaultWeeks, Instant.From(time.GetUtcNow()));
        if (weeks is < 1 or > SimulationLimits.Weeks)
            return new ProblemResult(ProblemKind.Malformed, $"weeks is {weeks}; 1 to {SimulationLimits.Weeks} go.");
        if (form.PeriodWeeks is < 1)
            return new ProblemResult(ProblemKind.Malformed, $"periodWeeks is {form.PeriodWeeks}; 1 or more go.");
        if (SimulationPlan.WhyNot(host.Plans.Current) is { } why)
            return new ProblemResult(ProblemKind.NotPossible, why);
        if (at.PlusMs(weeks * 7L * Instant.DayMs) > now)
        {
            return new ProblemResult(
                ProblemKind.NotPossible, $"{weeks} weeks from {at} are not over yet; begin earlier, or take fewer.");
        }
        var byDefault = new SimulationBacktestOptions { At = at, Weeks = weeks };
        var asked = byDefault with
        {
            Paths = form.Paths ?? byDefault.Paths,
            Seed = training.Seed,
            Level = form.Level ?? byDefault.Level,
            Customers = training.Customers,
            Kind = training.Kind,
            PeriodWeeks = form.PeriodWeeks ?? byDefault.PeriodWeeks,
            Refit = form.Refit ?? byDefault.Refit,
        };
        var request = new SimulationRequest { Weeks = weeks, Paths = asked.Paths, Level = asked.Level };
        if (request.Problem() is { } wrong) return new ProblemResult(ProblemKind.Malformed, $"{wrong}.");
        var pace = new RunPace(() => TrafficReading.Of(host.Status()), time);
        var run = new SimulationOptions
        {
            Threads = 1, MemoryBytes = options.SimulationMemoryBytes, GiveWay = pace.GiveWayAsync,
        };
        return LearnEndpoints.Accepted(jobs, time, jobs.Add("backtest", [], async (progress, cancellation) =>
        {
            var backtest = await SimulationBacktest.RunAsync(
                host, asked, run, read => progress(new ReadingProgress(read, 0)), cancellation);
            return [.. SimulationBacktestReport.Files(backtest).Select(file =>
                new JobFile(file.Name, Encoding.UTF8.GetBytes(file.Text)))];
        }));
    }
}
