using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using DToC.Twin.Consent;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Features;
using DToC.Twin.Fold;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Twin.Views;

/// <summary>A twin as people and programs read it, as of a moment. Everything in it has a legal basis then.</summary>
public sealed record TwinView(
    string Customer, Instant AsOf, DescriptionView Description, ContextView Context,
    PredictionView Prediction, OperationView Operation)
{
    /// <summary>The persona it is of; null for the customer as such.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Persona { get; init; }

    /// <summary>Reads a state, or a facet of it, as of a moment.</summary>
    public static TwinView Of(string customer, CustomerState state, Instant asOf)
    {
        var vectors = new Vectors(state.Plan);
        FeatureReader.Fill(vectors, state, asOf);
        Scorer.ScoreAll(vectors);
        return new TwinView(
            customer, asOf, DescriptionView.Of(state, vectors), ContextView.Of(state, vectors, asOf),
            PredictionView.Of(state, vectors, asOf), OperationView.Of(customer, state.Person, asOf))
        {
            Persona = state.Persona < 0 ? null : state.Plan.Events.Personas.Names[state.Persona],
        };
    }
}

/// <summary>Who the customer is and what was done: attributes, features, and relations to other customers.</summary>
public sealed record DescriptionView(
    string Kind, long Events, Instant? FirstAt, Instant? LastAt,
    IReadOnlyDictionary<string, AttributeView> Attributes, IReadOnlyDictionary<string, double?> Features,
    IReadOnlyDictionary<string, IReadOnlyList<TokenView>> Top,
    IReadOnlyDictionary<string, RelationView> Relations)
{
    internal static DescriptionView Of(CustomerState state, Vectors vectors)
    {
        var plan = state.Plan;
        var attributes = new Dictionary<string, AttributeView>(StringComparer.Ordinal);
        var relations = new Dictionary<string, RelationView>(StringComparer.Ordinal);
        for (var i = 0; i < state.Attributes.Length; i++)
        {
            var category = plan.Consent.FindCategory(plan.Events.Attributes[i].Category.Name);
            if (state.Attribute(i) is not { } value || (vectors.Unusable >> category & 1) != 0) continue;
            if (i == plan.Events.Personas.ChoiceAttribute) continue; // see PersonasView
            if (plan.Events.Attributes[i].IsRelation)
            {
                relations[plan.Events.Attributes[i].Name] = RelationView.Of(value);
                continue;
            }
            attributes[plan.Events.Attributes[i].Name] = AttributeView.Of(value, plan.Events.Attributes[i].Type);
        }
        var features = new Dictionary<string, double?>(StringComparer.Ordinal);
        var top = new Dictionary<string, IReadOnlyList<TokenView>>(StringComparer.Ordinal);
        for (var slot = 0; slot < plan.Vector.Features.Length; slot++)
        {
            var feature = plan.Vector.Features[slot];
            if ((feature.Categories & vectors.Unusable) != 0 || feature.IsCoded) continue;
            features[feature.Name] = double.IsFinite(vectors.Numbers[slot]) ? vectors.Numbers[slot] : null;
            if (feature.TextSlot >= 0) top[feature.Name] = TokenView.Top(state, feature);
        }
        return new DescriptionView(
            plan.Definition.CustomerKinds[state.Person.Kind].Name, state.EventCount,
            Known(state.FirstAt), Known(state.LastAt),
            attributes, features, top, relations);
    }

    internal static Instant? Known(Instant at) => at.IsNever ? null : at;
}

/// <summary>An attribute with how, by whom and when it came to be known.</summary>
/// <param name="Value">Text, number or boolean.</param>
public sealed record AttributeView(object Value, AttributeOrigin Origin, string Source, Instant At)
{
    internal static AttributeView Of(AttributeRecord value, AttributeType type) => new(
        value.Text is { } text ? text : type == AttributeType.Boolean ? value.Number != 0 : value.Number,
        value.Origin, value.Source, value.At);
}

/// <summary>Customers that this one has a relation to, with how, by whom and when that came to be known.</summary>
public sealed record RelationView(
    IReadOnlyList<string> Customers, AttributeOrigin Origin, string Source, Instant At)
{
    internal static RelationView Of(AttributeRecord value) =>
        new(AttributeDefinition.TargetsOf(value.Text ?? ""), value.Origin, value.Source, value.At);
}

/// <summary>A frequent token.</summary>
/// <param name="Count">How often, at most.</param>
/// <param name="Error">By how much the count may be too high.</param>
public sealed record TokenView(string Token, long Count, long Error)
{
    internal static List<TokenView> Top(CustomerState state, FeatureRead feature)
    {
        var hitters = OrderedFold.HittersOf(state, feature.At, feature.Operand);
        Span<int> slots = stackalloc int[hitters.Capacity];
        var count = hitters.TopInto(slots);
        var top = new List<TokenView>(count);
        foreach (var slot in slots[..count])
        {
            top.Add(new TokenView(
                Encoding.UTF8.GetString(hitters.Token(slot)), hitters.Count(slot), hitters.Error(slot)));
        }
        return top;
    }
}

/// <summary>
/// Where the customer is now: journey stage, channel, device, place, session; null for what is not known or not to be
/// used.
/// </summary>
public sealed record ContextView(
    string? Stage, Instant? StageSince, string? Channel, string? Device, string? Place, string? Session)
{
    internal static ContextView Of(CustomerState state, Vectors vectors, Instant asOf)
    {
        var (stage, entered) = FeatureReader.Stage(state, asOf);
        return new ContextView(
            vectors.HasStage ? state.Plan.Fold.Journey.Stages[stage] : null,
            !vectors.HasStage || entered == TouchpointEvent.Missing ? null : new Instant(entered),
            Value(0), Value(1), Value(2), Value(3));

        string? Value(int key) => vectors.HasContext ? Remembered(state, key) : null;
    }

    private static string? Remembered(CustomerState state, int key)
    {
        var value = FeatureReader.Context(state, key);
        return value.IsEmpty ? null : Encoding.UTF8.GetString(value);
    }
}

/// <summary>How the twin stands with the brand: consents, contacts, control group, what was refused.</summary>
/// <param name="Identifiers">Number of values linked, by identifier.</param>
/// <param name="NotLinked">Times an identifier was not linked: there were as many values as there may be.</param>
public sealed record OperationView(
    IReadOnlyDictionary<string, ConsentView> Consents, bool Holdout, IReadOnlyList<ContactView> Contacts,
    long Decisions,
    IReadOnlyDictionary<string, long> WithoutWinner, IReadOnlyDictionary<string, long> Refused, bool Stale,
    string? MovedTo, IReadOnlyList<string> Merged, IReadOnlyDictionary<string, KeptView> Kept,
    IReadOnlyDictionary<string, int> Identifiers, long NotLinked)
{
    /// <summary>The customer's personas; null where the definition has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PersonasView? Personas { get; init; }

    internal static OperationView Of(string customer, CustomerState state, Instant asOf)
    {
        var plan = state.Plan;
        var consents = new Dictionary<string, ConsentView>(StringComparer.Ordinal);
        for (var i = 0; i < state.Consents.Length; i++)
        {
            consents[plan.Consent.Purposes[i]] = ConsentView.Of(state.Consents[i]);
        }
        return new OperationView(
            consents, DToC.Twin.Decisions.Decider.IsHeldOut(plan, customer),
            [.. state.Contacts.Select(c => ContactView.Of(c, plan))], state.DecisionCount,
            Counted(state.WithoutWinner, i => Word((DToC.Twin.Decisions.Rejection)i)),
            Counted(state.Refused, i => plan.Consent.Categories[i]), state.IsStale, state.MovedTo, [.. state.Merged],
            KeptOf(state), IdentifiersOf(state), state.NotLinked)
        {
            Personas = PersonasView.Of(state, asOf),
        };
    }

    private static Dictionary<string, int> IdentifiersOf(CustomerState state)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var slot = 0; slot < state.Plan.Events.Identifiers.Count; slot++)
        {
            if (state.LinksOf(slot) is > 0 and var count)
                counts[state.Plan.Events.Identifiers[slot].Name] = count;
        }
        return counts;
    }

    private static Dictionary<string, KeptView> KeptOf(CustomerState state)
    {
        var plan = state.Plan.Consent;
        var kept = new Dictionary<string, KeptView>(StringComparer.Ordinal);
        for (var i = 0; i < plan.Categories.Count; i++)
        {
            if ((state.Kept >> i & 1) != 0)
                kept[plan.Categories[i]] = new KeptView(plan.RetentionMs[i] / Instant.DayMs);
        }
        return kept;
    }

    private static string Word(DToC.Twin.Decisions.Rejection reason) =>
        JsonNamingPolicy.CamelCase.ConvertName(reason.ToString());

    private static Dictionary<string, long> Counted(long[] counts, Func<int, string> name)
    {
        var named = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] > 0) named[name(i)] = counts[i];
        }
        return named;
    }
}

/// <summary>How long something of a data category is kept.</summary>
/// <param name="RetentionDays">Days after which an event of it leaves the journal.</param>
public sealed record KeptView(long RetentionDays);

/// <summary>A consent.</summary>
/// <param name="TextVersion">Which wording the customer saw, or null.</param>
/// <param name="Expires">From when on it holds no more, or null.</param>
/// <param name="Explicit">Whether it was granted explicitly.</param>
/// <param name="Restricted">Whether what is kept for the purpose is not to be used.</param>
public sealed record ConsentView(
    ConsentStatus Status, Instant? At, string Source, string? TextVersion, Instant? Expires, bool Explicit,
    bool Restricted)
{
    /// <summary>How a record reads.</summary>
    public static ConsentView Of(in ConsentRecord record) => new(
        record.Status, DescriptionView.Known(record.At), record.Source,
        record.TextVersion.Length == 0 ? null : record.TextVersion, DescriptionView.Known(record.Expires),
        record.IsExplicit, record.IsRestricted);
}

/// <summary>A contact. Names are null when the definition no longer has them.</summary>
public sealed record ContactView(Instant At, string? Offer, string? Channel)
{
    internal static ContactView Of(Contact contact, TwinPlan plan) => new(
        contact.At,
        plan.Decisions.Offers.FirstOrDefault(o => o.NameHash == contact.Offer)?.Name,
        plan.Decisions.Channels.FirstOrDefault(c => c.NameHash == contact.Channel)?.Name);
}
