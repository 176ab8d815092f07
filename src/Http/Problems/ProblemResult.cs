using System.Globalization;
using System.Text.Json;
using DToC.Grains;
using DToC.Http.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace DToC.Http.Problems;

/// <summary>An answer that says what is wrong and what to do, as RFC 9457 problem details.</summary>
/// <param name="kind">What is wrong.</param>
/// <param name="detail">What to do about it.</param>
public sealed class ProblemResult(ProblemKind kind, string detail) : IResult, IStatusCodeHttpResult
{
    /// <summary>The media type of problem details.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>What is wrong.</summary>
    public ProblemKind Kind { get; } = kind;

    /// <summary>Members beside the standard ones.</summary>
    public IReadOnlyDictionary<string, object?> More { get; init; } =
        new Dictionary<string, object?>(StringComparer.Ordinal);

    /// <summary>When to come back, or null.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>A status other than the kind's own.</summary>
    public int? Status { get; init; }

    /// <inheritdoc/>
    public int? StatusCode => Status ?? ProblemTable.Of(Kind).Status;

    /// <summary>
    /// The answer to a reply that is not the one hoped for: busy, unavailable, refused by a customer's grain.
    /// </summary>
    /// <exception cref="InvalidOperationException">A reply that no grain gives to the message
    /// sent.</exception>
    public static ProblemResult Of(Reply reply, HttpOptions options) => reply switch
    {
        Reply.Busy busy => new ProblemResult(
            ProblemKind.Busy,
            "The host takes no more at the moment; nothing happened. Send it again after the time in "
            + "Retry-After.")
        {
            RetryAfter = busy.RetryAfter,
        },
        Reply.Unavailable unavailable => new ProblemResult(
            ProblemKind.Unavailable,
            $"{unavailable.Reason}; nothing happened. Send it again after the time in Retry-After.")
        {
            RetryAfter = options.RetryAfterUnavailable,
        },
        Reply.Failed failed => new ProblemResult(
            ProblemKind.Fault, $"{failed.Reason}; nothing happened, and sending it again will not help."),
        Reply.Erased => new ProblemResult(
            ProblemKind.Erased,
            "This customer was erased, and nothing of it is kept or taken any more. Send nothing of it."),
        CustomerReply.Refused refused => new ProblemResult(ProblemKind.NotPossible, $"{refused.Message}.")
        {
            More = new Dictionary<string, object?>(StringComparer.Ordinal) { ["field"] = refused.Field },
        },
        _ => throw new InvalidOperationException($"A reply of {reply.GetType().Name} was not expected."),
    };

    /// <summary>Whole seconds of a Retry-After header, at least 1.</summary>
    public static string Seconds(TimeSpan delay) =>
        Math.Max(1, (long)Math.Ceiling(delay.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (status, type, title) = ProblemTable.Of(Kind);
        var problem = new ProblemDetails
        {
            Type = ProblemTable.TypePrefix + type,
            Title = title,
            Status = Status ?? status,
            Detail = detail,
            Instance = httpContext.Request.Path,
        };
        foreach (var (name, value) in More) problem.Extensions[name] = value;
        var response = httpContext.Response;
        response.StatusCode = Status ?? status;
        response.ContentType = MediaType;
        if (RetryAfter is { } delay) response.Headers.RetryAfter = Seconds(delay);
        if (response.StatusCode == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Bearer realm=\"dtoc\"";
        }
        await JsonSerializer.SerializeAsync(
            response.Body, problem, WireJson.Options, httpContext.RequestAborted);
    }
}
