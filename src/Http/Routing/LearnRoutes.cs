using DToC.Grains;

namespace DToC.Http.Routing;

/// <summary>Routes of what is learnt from journals.</summary>
public static class LearnRoutes
{
    private const string Tag = "Learning";

    /// <summary>A model is fitted.</summary>
    public static readonly ApiRoute Train = new(
        "POST", "/v1/training", KeyScopes.Operate, "train", Tag, "Fit a model to the journals, as a job")
    {
        Tells = Disclosure.Nothing,
        Description =
            "The body names the model, and may say kind, inputs, until, customers, seed, trees. Only customers are "
            + "read whose consents allow it for the model's purpose. The model is a file of the job when it is done; "
            + "PUT /v1/models/{name} puts it in force.",
    };

    /// <summary>Models are graded on the past.</summary>
    public static readonly ApiRoute Backtest = new(
        "POST", "/v1/backtests", KeyScopes.Operate, "backtest", Tag,
        "Forecast as of a past moment and compare with what came, as a job")
    {
        Tells = Disclosure.Nothing,
        Description =
            "Of the models named, or all of which the definition says what came true: beside naive forecasts, with "
            + "calibration and intervals, as Markdown with plots and as JSON. With simulate and at it simulates from "
            + "that moment instead (weeks, paths, level, periodWeeks, refit): coverage of intervals, customers' "
            + "transforms, errors beside naive forecasts.",
    };

    /// <summary>All jobs.</summary>
    public static readonly ApiRoute ListJobs = new(
        "GET", "/v1/jobs", KeyScopes.Operate, "listJobs", Tag, "List jobs, the newest first")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>How far a job is.</summary>
    public static readonly ApiRoute ReadJob = new(
        "GET", "/v1/jobs/{id}", KeyScopes.Operate, "readJob", Tag, "Read how far a job is, and what it made")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>A file of a job.</summary>
    public static readonly ApiRoute ReadJobFile = new(
        "GET", "/v1/jobs/{id}/files/{name}", KeyScopes.Operate, "readJobFile", Tag, "Read a file that a job made")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>A job is stopped.</summary>
    public static readonly ApiRoute StopJob = new(
        "DELETE", "/v1/jobs/{id}", KeyScopes.Operate, "stopJob", Tag, "Stop a job")
    {
        Tells = Disclosure.Nothing,
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ApiRoute> All { get; } = [Train, Backtest, ListJobs, ReadJob, ReadJobFile, StopJob];
}
