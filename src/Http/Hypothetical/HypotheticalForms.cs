using System.Text.Json;
using System.Text.Json.Serialization;
using DToC.Http.Consents;
using DToC.Http.Events;
using DToC.Twin;
using DToC.Twin.Views;

namespace DToC.Http.Hypothetical;

/// <summary>What is assumed.</summary>
/// <param name="Name">For people; at most <see cref="AssumptionReading.MaxNameBytes"/> bytes.</param>
/// <param name="Context">Values by context key that stand over all that events bring.</param>
/// <param name="Persona">The persona assumed to be chosen.</param>
/// <param name="Attributes">Attributes in the place of those known.</param>
/// <param name="Consents">What is assumed to have been said of purposes; see <see cref="ConsentSaid"/>.</param>
/// <param name="Events">Events that are assumed to have happened besides.</param>
/// <param name="Without">Ids or types of events that are assumed not to have happened.</param>
/// <param name="At">The moment it stands at, past or to come; whenever it is looked at unless given.</param>
/// <param name="ExpiresInMinutes">When it is let go; 60 unless given, 1440 at most.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record AssumptionForm(
    string? Name = null, IReadOnlyDictionary<string, string?>? Context = null, string? Persona = null,
    Dictionary<string, JsonElement>? Attributes = null, Dictionary<string, JsonElement>? Consents = null,
    IReadOnlyList<JsonElement>? Events = null, IReadOnlyList<string?>? Without = null, Instant? At = null,
    int? ExpiresInMinutes = null);

/// <summary>A hypothetical twin.</summary>
/// <param name="Id">Names it. It is no customer's.</param>
/// <param name="Name">As it was given.</param>
/// <param name="Customer">The customer it is assumed of; null for somebody made up.</param>
/// <param name="Events">Events that were assumed to have happened besides.</param>
/// <param name="Twin">As a twin is read.</param>
/// <param name="Difference">What differs from the real twin, as of the same moment; null for somebody made up.</param>
internal sealed record HypotheticalForm(
    string Id, string? Name, string? Customer, Instant MadeAt, Instant ExpiresAt, int Events, TwinView Twin,
    DifferenceView? Difference)
{
    /// <summary>What became of the events it was made with; null when it is read later.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<EventAnswerForm>? Results { get; init; }
}

/// <summary>A hypothetical twin in a list.</summary>
internal sealed record HypotheticalEntryForm(
    string Id, string? Name, string? Customer, Instant MadeAt, Instant ExpiresAt, Instant? At, int Events);
