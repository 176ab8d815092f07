using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using DToC.Grains;
using DToC.Http.Json;
using DToC.Twin;
using DToC.Twin.State;

namespace DToC.Http.Consents;

/// <summary>What a caller says of a purpose: this object, or the word alone.</summary>
/// <param name="Said">granted, denied, withdrawn, objected, restricted or unrestricted.</param>
/// <param name="TextVersion">Which wording the customer saw.</param>
/// <param name="Expires">From when on a granted consent holds no more.</param>
/// <param name="Explicit">Whether it was granted explicitly, as a special category of data may need.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ConsentSaid(
    string Said, string? TextVersion = null, Instant? Expires = null, bool Explicit = false)
{
    /// <summary>What a body looks like, for messages.</summary>
    public const string Example =
        "{\"marketing\": \"granted\"} or {\"marketing\": {\"said\": \"granted\", \"textVersion\": \"2026-03\", "
        + "\"expires\": \"2027-03-01T00:00:00Z\", \"explicit\": true}}; the words are " + Words;

    private const string Words = "granted, denied, withdrawn, objected, restricted, unrestricted";

    /// <summary>Reads the purposes of a body; a problem in words when something is wrong.</summary>
    /// <param name="body">Purpose to what was said.</param>
    /// <param name="at">When it was said.</param>
    /// <param name="changes">Filled.</param>
    /// <exception cref="JsonException">An object has other members than these.</exception>
    public static string? Read(Dictionary<string, JsonElement> body, Instant at, List<ConsentChange> changes)
    {
        foreach (var (purpose, value) in body)
        {
            var said = value.ValueKind switch
            {
                JsonValueKind.String => new ConsentSaid(WordIn(value)),
                JsonValueKind.Object => value.Deserialize<ConsentSaid>(WireJson.Options),
                _ => null,
            };
            if (said is null) return $"What is said for {purpose} is neither a word nor an object";
            if (said.Problem(at) is { } problem) return $"{purpose}: {problem}";
            changes.Add(said.For(purpose));
        }
        return null;
    }

    /// <summary>The word for a change.</summary>
    public static string WordOf(in ConsentChange change) => change.Status != ConsentStatus.Unknown
        ? WireJson.Word(change.Status)
        : change.IsRestricted == false ? "unrestricted" : "restricted";

    private static string WordIn(JsonElement value) => QuotedText.Of(value) ?? "(half a character)";

    private string? Problem(Instant at)
    {
        if (For("").Status == ConsentStatus.Unknown && Said is not ("restricted" or "unrestricted"))
            return $"'{Said}' is not a word for a consent";
        if (Said != "granted" && (Expires is not null || Explicit))
            return "only what is granted can expire or be explicit";
        if (Expires is { } end && end <= at) return $"it would have expired at {end}, before it was said at {at}";
        return TextVersion is { } text && Encoding.UTF8.GetByteCount(text) > ConsentRecord.MaxTextVersionBytes
            ? $"textVersion is longer than {ConsentRecord.MaxTextVersionBytes} bytes"
            : null;
    }

    private ConsentChange For(string purpose) => Said switch
    {
        "restricted" => new ConsentChange(purpose, ConsentStatus.Unknown) { IsRestricted = true },
        "unrestricted" => new ConsentChange(purpose, ConsentStatus.Unknown) { IsRestricted = false },
        _ => new ConsentChange(purpose, StatusOf(Said))
        {
            TextVersion = TextVersion ?? "",
            Expires = Expires ?? Instant.Never,
            IsExplicit = Explicit,
        },
    };

    private static ConsentStatus StatusOf(string word) => word switch
    {
        "granted" => ConsentStatus.Granted,
        "denied" => ConsentStatus.Denied,
        "withdrawn" => ConsentStatus.Withdrawn,
        "objected" => ConsentStatus.Objected,
        _ => ConsentStatus.Unknown,
    };
}
