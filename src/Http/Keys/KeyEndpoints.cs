using DToC.Grains;
using DToC.Http.Access;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Twin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Keys;

/// <summary>How fast a key may send; null for no limit of its own.</summary>
internal sealed record KeyRateForm(int? EventsPerSecond, int? RequestsPerSecond)
{
    /// <summary>A rate as it is shown, or null when there is none.</summary>
    public static KeyRateForm? Of(KeyRate rate) => rate == default ? null
        : new KeyRateForm(
            rate.EventsPerSecond > 0 ? rate.EventsPerSecond : null,
            rate.RequestsPerSecond > 0 ? rate.RequestsPerSecond : null);
}

/// <summary>A key that is wanted.</summary>
/// <param name="Name">For people; 1 to 128 characters.</param>
/// <param name="Scopes">Some of ingest, read, decide, privacy, operate, admin.</param>
/// <param name="Expires">When it ends; null for no end.</param>
/// <param name="Rate">How fast it may send; null for no limit of its own.</param>
internal sealed record KeyRequest(
    string? Name, IReadOnlyList<string>? Scopes, Instant? Expires, KeyRateForm? Rate);

/// <summary>A key without its text.</summary>
internal sealed record KeyForm(
    string Id, string Name, IReadOnlyList<string> Scopes, Instant Created, Instant? Expires, Instant? Revoked,
    KeyRateForm? Rate)
{
    /// <summary>A key as it is shown.</summary>
    public static KeyForm Of(AccessKey key) => new(
        key.Id, key.Name, KeyScopeWords.Of(key.Scopes), key.Created, key.Expires.IsNever ? null : key.Expires,
        key.Revoked.IsNever ? null : key.Revoked, KeyRateForm.Of(key.Rate));
}

/// <summary>A key just issued.</summary>
/// <param name="Key">Its text, to be sent as <c>Authorization: Bearer KEY</c>; it is not kept and not shown
/// again.</param>
internal sealed record IssuedKeyForm(
    string Key, string Id, string Name, IReadOnlyList<string> Scopes, Instant? Expires, KeyRateForm? Rate);

/// <summary>All keys.</summary>
internal sealed record KeysForm(IReadOnlyList<KeyForm> Keys);

/// <summary><c>/v1/keys</c>.</summary>
internal static class KeyEndpoints
{
    private const int MaxNameChars = 128;
    private const int MaxPerSecond = 1_000_000_000;

    public static void MapKeys(this IEndpointRouteBuilder app)
    {
        app.Map(Routes.ListKeys, ListAsync).Produces<KeysForm>();
        app.Map(Routes.IssueKey, IssueAsync)
            .Takes<KeyRequest>(isRequired: true, "application/json")
            .Produces<IssuedKeyForm>(StatusCodes.Status201Created).WithProblems(400, 409, 413, 429, 503);
        app.Map(Routes.RevokeKey, RevokeAsync).Produces(StatusCodes.Status204NoContent)
            .WithProblems(404, 429, 503);
    }

    private static async Task<JsonHttpResult<KeysForm>> ListAsync(HttpContext http, KeyRing ring) =>
        TypedResults.Json(
            new KeysForm([.. (await ring.ListAsync(http.RequestAborted)).Select(KeyForm.Of)]),
            WireJson.Options);

    private static async Task<Results<JsonHttpResult<IssuedKeyForm>, ProblemResult>> IssueAsync(
        HttpContext http, KeyRing ring, HttpOptions options, TimeProvider time)
    {
        var wanted = await RequestBody.ReadJsonAsync<KeyRequest>(
            http.Request, options.MaxBodyBytes, http.RequestAborted);
        if (wanted?.Name is not { Length: > 0 and <= MaxNameChars } name)
        {
            return Malformed($"name must have 1 to {MaxNameChars} characters.");
        }
        var scopes = KeyScopes.None;
        foreach (var word in wanted.Scopes ?? [])
        {
            if (KeyScopeWords.Parse(word) is not { } scope)
            {
                return Malformed($"'{word}' is not a scope; the scopes are {KeyScopeWords.All}.");
            }
            scopes |= scope;
        }
        if (scopes == KeyScopes.None)
        {
            return Malformed($"scopes must name at least one of {KeyScopeWords.All}.");
        }
        if (wanted.Expires is { } expires && expires <= Instant.From(time.GetUtcNow()))
        {
            return Malformed("expires has passed; give a later time, or leave it out.");
        }
        if (wanted.Rate is { EventsPerSecond: <= 0 or > MaxPerSecond }
            or { RequestsPerSecond: <= 0 or > MaxPerSecond })
        {
            return Malformed($"A rate must be 1 to {MaxPerSecond} a second; leave it out for no limit.");
        }
        var rate = new KeyRate(wanted.Rate?.EventsPerSecond ?? 0, wanted.Rate?.RequestsPerSecond ?? 0);
        var (reply, key, text) =
            await ring.IssueAsync(name, scopes, wanted.Expires ?? Instant.Never, rate, http.RequestAborted);
        if (reply is AccessKeysReply.Full full)
        {
            return new ProblemResult(
                ProblemKind.Conflict,
                $"There are {full.Limit} live keys, which is the most; revoke one first.");
        }
        if (reply is not Reply.Done) return ProblemResult.Of(reply, options);
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(
            new IssuedKeyForm(text, key.Id, key.Name, KeyScopeWords.Of(key.Scopes), wanted.Expires,
                KeyRateForm.Of(key.Rate)),
            WireJson.Options,
            statusCode: StatusCodes.Status201Created);
    }

    private static async Task<Results<NoContent, ProblemResult>> RevokeAsync(
        string id, HttpContext http, KeyRing ring, HttpOptions options) =>
        await ring.RevokeAsync(id, http.RequestAborted) switch
        {
            Reply.Done => TypedResults.NoContent(),
            AccessKeysReply.Unknown =>
                new ProblemResult(ProblemKind.NotFound, $"There is no key '{id}'; GET /v1/keys lists them."),
            var undone => ProblemResult.Of(undone, options),
        };

    private static ProblemResult Malformed(string detail) => new(ProblemKind.Malformed, detail);
}

/// <summary>Scopes as words.</summary>
internal static class KeyScopeWords
{
    private static readonly KeyScopes[] Each =
        [.. Enum.GetValues<KeyScopes>().Where(scope => scope != KeyScopes.None)];

    /// <summary>All of them, for messages.</summary>
    public static string All { get; } = string.Join(", ", Each.Select(WireJson.Word));

    /// <summary>The words of a set.</summary>
    public static IReadOnlyList<string> Of(KeyScopes scopes) =>
        [.. Each.Where(scope => scopes.HasFlag(scope)).Select(WireJson.Word)];

    /// <summary>The scope of a word, or null.</summary>
    public static KeyScopes? Parse(string? word)
    {
        foreach (var scope in Each)
        {
            if (WireJson.Word(scope) == word) return scope;
        }
        return null;
    }
}
