using Microsoft.AspNetCore.Http;

namespace DToC.Http.Problems;

/// <summary>The one place where reasons become HTTP: status, type and title of RFC 9457.</summary>
public static class ProblemTable
{
    /// <summary>First part of every problem type.</summary>
    public const string TypePrefix = "urn:dtoc:problem:";

    /// <summary>Status, last part of the type, and title.</summary>
    public static (int Status, string Type, string Title) Of(ProblemKind kind) => kind switch
    {
        ProblemKind.KeyMissing => (StatusCodes.Status401Unauthorized, "key-missing", "A valid key is needed"),
        ProblemKind.ScopeMissing =>
            (StatusCodes.Status403Forbidden, "scope-missing", "The key does not cover this"),
        ProblemKind.Malformed => (StatusCodes.Status400BadRequest, "malformed", "The request cannot be read"),
        ProblemKind.OverLimit =>
            (StatusCodes.Status413PayloadTooLarge, "over-limit", "The request exceeds a limit"),
        ProblemKind.UnknownForm =>
            (StatusCodes.Status415UnsupportedMediaType, "unknown-form", "The body's form is not known"),
        ProblemKind.NotPossible =>
            (StatusCodes.Status422UnprocessableEntity, "not-possible", "This cannot be done as it is"),
        ProblemKind.EventRefused =>
            (StatusCodes.Status422UnprocessableEntity, "event-refused", "The event is not taken"),
        ProblemKind.DefinitionInvalid =>
            (StatusCodes.Status422UnprocessableEntity, "definition-invalid", "The definition has errors"),
        ProblemKind.NotFound => (StatusCodes.Status404NotFound, "not-found", "There is no such thing"),
        ProblemKind.Erased => (StatusCodes.Status410Gone, "erased", "The customer was erased"),
        ProblemKind.MethodNotAllowed =>
            (StatusCodes.Status405MethodNotAllowed, "method-not-allowed", "Another method is needed"),
        ProblemKind.Conflict => (StatusCodes.Status409Conflict, "conflict", "Something stands in the way"),
        ProblemKind.Busy =>
            (StatusCodes.Status429TooManyRequests, "busy", "More than is taken at the moment"),
        ProblemKind.RateExceeded =>
            (StatusCodes.Status429TooManyRequests, "rate-exceeded", "The key sends faster than it may"),
        ProblemKind.Unavailable => (
            StatusCodes.Status503ServiceUnavailable, "unavailable",
            "Nothing can be made durable at the moment"),
        ProblemKind.Fault => (StatusCodes.Status500InternalServerError, "fault", "The server failed"),
        _ => throw new ArgumentOutOfRangeException(
            nameof(kind), kind, "A problem without a place in the table."),
    };

    /// <summary>The kind of an answer that came without a body of its own.</summary>
    public static ProblemKind OfStatus(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => ProblemKind.KeyMissing,
        StatusCodes.Status403Forbidden => ProblemKind.ScopeMissing,
        StatusCodes.Status404NotFound => ProblemKind.NotFound,
        StatusCodes.Status410Gone => ProblemKind.Erased,
        StatusCodes.Status405MethodNotAllowed => ProblemKind.MethodNotAllowed,
        StatusCodes.Status413PayloadTooLarge => ProblemKind.OverLimit,
        StatusCodes.Status415UnsupportedMediaType => ProblemKind.UnknownForm,
        StatusCodes.Status429TooManyRequests => ProblemKind.Busy,
        StatusCodes.Status503ServiceUnavailable => ProblemKind.Unavailable,
        >= 400 and < 500 => ProblemKind.Malformed,
        _ => ProblemKind.Fault,
    };
}
