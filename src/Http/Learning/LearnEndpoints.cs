using System.Text.Json.Serialization;
using DToC.Grains;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Learn.Backtesting;
using DToC.Learn.Training;
using DToC.Twin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Learning;

/// <summary>What is to be learnt, and how; see <see cref="TrainingOptions"/>.</summary>
/// <param name="Model">The model to fit.</param>
/// <param name="Models">The models to back-test; null or none for all that can be.</param>
/// <param name="Kind">What to fit, by its word; null for what suits the definition's model.</param>
/// <param name="Until">End of the past that is read; null for the last event.</param>
/// <param name="Inputs">Features to read; null for the definition's, or all that the purpose allows.</param>
/// <param name="Horizon">Days ahead that models without a target are graded, and forecast; null for 30.</param>
/// <param name="Calibration">How probabilities are calibrated, by its word; null for as suits the kind.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record LearnForm(
    string? Model, IReadOnlyList<string>? Models, string? Kind, IReadOnlyList<string>? Inputs, Instant? Until,
    long? Customers, ulong? Seed, int? Trees, double? Horizon, string? Calibration)
{
    /// <summary>Of a back-test: to simulate from <see cref="At"/> and compare with what came.</summary>
    public bool? Simulate { get; init; }

    /// <summary>With simulate: the past moment to begin from.</summary>
    public Instant? At { get; init; }

    /// <summary>With simulate: weeks ahead; null for 13.</summary>
    public int? Weeks { get; init; }

    /// <summary>With simulate: paths; null for 1,000.</summary>
    public int? Paths { get; init; }

    /// <summary>With simulate: probability of the intervals; null for 0.9.</summary>
    public double? Level { get; init; }

    /// <summary>With simulate: weeks of the periods that are compared; null for 4.</summary>
    public int? PeriodWeeks { get; init; }

    /// <summary>With simulate: whether models are fitted to the past; null for yes.</summary>
    public bool? Refit { get; init; }

    /// <summary>The options, with what is not said as by default.</summary>
    /// <param name="wrong">What is wrong and what would be right; null when they can be used.</param>
    public TrainingOptions ToOptions(out string? wrong)
    {
        var byDefault = new TrainingOptions();
        LearntKind? kind = null;
        var isKind = Kind is null || LearntKinds.TryParse(Kind, out kind);
        LearntCalibration? calibration = null;
        var isCalibration = Calibration is null || LearntKinds.TryParse(Calibration, out calibration);
        var options = byDefault with
        {
            Kind = kind, Inputs = Inputs, Until = Until, Customers = Customers ?? byDefault.Customers,
            Seed = Seed ?? byDefault.Seed, Trees = Trees ?? byDefault.Trees,
            HorizonDays = Horizon ?? byDefault.HorizonDays, Calibration = calibration,
        };
        wrong = !isKind ? $"kind is '{Kind}', wanted {LearntKinds.Words}"
            : !isCalibration ? $"calibration is '{Calibration}', wanted {LearntKinds.CalibrationWords}"
            : options.Validate();
        return options;
    }
}

/// <summary><c>/v1/training</c>, <c>/v1/backtests</c>, <c>/v1/jobs</c>.</summary>
internal static class LearnEndpoints
{
    public static void MapLearning(this IEndpointRouteBuilder app)
    {
        app.Map(LearnRoutes.Train, TrainAsync).Takes<LearnForm>(isRequired: true, "application/json")
            .Produces<JobForm>(StatusCodes.Status202Accepted).WithProblems(400, 413, 422, 429);
        app.Map(LearnRoutes.Backtest, BacktestAsync).Takes<LearnForm>(isRequired: false, "application/json")
            .Produces<JobForm>(StatusCodes.Status202Accepted).WithProblems(400, 413, 422, 429);
        app.Map(LearnRoutes.ListJobs, List).Produces<IReadOnlyList<JobForm>>();
        app.Map(LearnRoutes.ReadJob, Read).Produces<JobForm>().WithProblems(404);
        app.Map(LearnRoutes.ReadJobFile, ReadFile).Produces(StatusCodes.Status200OK).WithProblems(404);
        app.Map(LearnRoutes.StopJob, Stop).Produces<JobForm>().WithProblems(404);
    }

    private static async Task<Results<JsonHttpResult<JobForm>, ProblemResult>> TrainAsync(
        HttpContext http, ITwinHost host, LearnJobs jobs, HttpOptions options, TimeProvider time)
    {
        var form = await RequestBody.ReadJsonAsync<LearnForm>(http.Request, options.MaxBodyBytes, http.RequestAborted);
        if (form?.Model is not { Length: > 0 } model)
            return new ProblemResult(ProblemKind.Malformed, "The body names no model: {\"model\": \"churn\"}.");
        var training = form.ToOptions(out var wrong);
        if (wrong is not null) return new ProblemResult(ProblemKind.Malformed, $"{wrong}.");
        if (ModelTraining.Check(host.Plans.Current, model, training) is { } cannot)
            return new ProblemResult(ProblemKind.NotPossible, cannot);
        return Accepted(jobs, time, jobs.Add("training", [model], async (progress, cancellation) =>
        {
            var now = Instant.From(time.GetUtcNow());
            var trained = await ModelTraining.RunAsync(host, model, training, now, progress, cancellation);
            return [new JobFile($"{model}.json", trained.File.ToBytes())];
        }));
    }

    private static async Task<Results<JsonHttpResult<JobForm>, ProblemResult>> BacktestAsync(
        HttpContext http, ITwinHost host, LearnJobs jobs, HttpOptions options, TimeProvider time)
    {
        var form = await RequestBody.ReadJsonAsync<LearnForm>(http.Request, options.MaxBodyBytes, http.RequestAborted);
        string? wrong = null;
        var training = form?.ToOptions(out wrong) ?? new TrainingOptions();
        if (wrong is not null) return new ProblemResult(ProblemKind.Malformed, $"{wrong}.");
        if (form?.Simulate == true) return SimulatedBacktest.Begin(form, training, host, jobs, options, time);
        if (form?.At is not null || form?.Weeks is not null || form?.Paths is not null)
        {
            return new ProblemResult(
                ProblemKind.Malformed, "at, weeks and paths are for \"simulate\": true; say that, or leave them out.");
        }
        var models = form?.Models is { Count: > 0 } several ? several : form?.Model is { } one ? [one] : null;
        if (Backtest.Check(host.Plans.Current, models, training) is { } cannot)
            return new ProblemResult(ProblemKind.NotPossible, cannot);
        return Accepted(jobs, time, jobs.Add("backtest", models ?? [], async (progress, cancellation) =>
        {
            var now = Instant.From(time.GetUtcNow());
            var backtest = await Backtest.RunAsync(host, models, training, now, progress, cancellation);
            return [.. BacktestReport.Files(backtest).Select(file =>
                new JobFile(file.Name, System.Text.Encoding.UTF8.GetBytes(file.Text)))];
        }));
    }

    private static JsonHttpResult<IReadOnlyList<JobForm>> List(LearnJobs jobs) =>
        TypedResults.Json(jobs.List(), WireJson.Options);

    private static Results<JsonHttpResult<JobForm>, ProblemResult> Read(string id, LearnJobs jobs, TimeProvider time) =>
        jobs.Find(id) is { } job ? Json(job, time) : NotFound(id);

    private static Results<FileContentHttpResult, ProblemResult> ReadFile(string id, string name, LearnJobs jobs) =>
        jobs.Find(id) is not { } job ? NotFound(id)
        : job.Find(name) is { } file ? TypedResults.Bytes(file.Bytes, file.MediaType)
        : new ProblemResult(ProblemKind.NotFound, $"The job has no file '{name}', or has not ended.");

    private static Results<JsonHttpResult<JobForm>, ProblemResult> Stop(string id, LearnJobs jobs, TimeProvider time)
    {
        if (jobs.Find(id) is not { } job) return NotFound(id);
        job.Stop(Instant.From(time.GetUtcNow()));
        return Json(job, time);
    }

    /// <summary>The answer to a job that was asked for; null for one too many.</summary>
    public static Results<JsonHttpResult<JobForm>, ProblemResult> Accepted(
        LearnJobs jobs, TimeProvider time, LearnJob? job) => job is not null
        ? Json(job, time, StatusCodes.Status202Accepted)
        : new ProblemResult(
            ProblemKind.Busy, $"{LearnJobs.MostWaiting} jobs wait already; come back when one has ended.")
        {
            RetryAfter = TimeSpan.FromSeconds(30),
        };

    private static JsonHttpResult<JobForm> Json(
        LearnJob job, TimeProvider time, int status = StatusCodes.Status200OK) =>
        TypedResults.Json(job.Show(Instant.From(time.GetUtcNow())), WireJson.Options, statusCode: status);

    private static ProblemResult NotFound(string id) => new(
        ProblemKind.NotFound, $"No job '{id}' is remembered: a restart forgets them. GET /v1/jobs lists them.");
}
