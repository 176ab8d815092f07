using System.Text.Json;
using System.Text.Json.Serialization;
using DToC.Http.Json;
using DToC.Twin;
using DToC.Twin.Decisions;
using DToC.Twin.Plan;

namespace DToC.Http.Decisions;

/// <summary>An offer as a destination shows it.</summary>
/// <param name="Content">The JSON object of the definition, or null.</param>
internal sealed record OfferForm(string Offer, string Channel, JsonElement? Content)
{
    /// <summary>The offer of a slot.</summary>
    public static OfferForm Of(TwinPlan plan, int slot)
    {
        var offer = plan.Decisions.Offers[slot];
        JsonElement? content = null;
        if (offer.Content is { } json)
        {
            using var document = JsonDocument.Parse(json);
            content = document.RootElement.Clone();
        }
        return new OfferForm(offer.Name, plan.Decisions.Channels[offer.Channel].Name, content);
    }
}

/// <summary>A candidate with all it was weighed by; null where it was not asked.</summary>
/// <param name="Reason"><c>none</c> for the winner, else why it did not win.</param>
internal sealed record CandidateForm(
    string Offer, string Channel, Rejection Reason, double? Propensity, double? Context, double? Value,
    double? Lever, double? Rank);

/// <summary>A decision with all it rested on.</summary>
/// <param name="Winner">What to do, or null.</param>
/// <param name="Reason">Why there is no winner, or null.</param>
/// <param name="Holdout">Whether the customer is in the control group.</param>
/// <param name="AssignmentProbability">Probability with which the winner was drawn.</param>
/// <param name="Vector">Features, scores, time and numeric attributes by name, as the rules saw them.</param>
internal sealed record DecisionForm(
    string Id, string Customer, string Trigger, Instant Time, string Definition, OfferForm? Winner,
    Rejection? Reason,
    bool Holdout, double AssignmentProbability, IReadOnlyList<CandidateForm> Candidates,
    IReadOnlyDictionary<string, double?> Vector)
{
    /// <summary>The customer's persona it is for; null for the customer as such.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Persona { get; init; }

    /// <summary>A record under the plan it was made with.</summary>
    public static DecisionForm Of(DecisionRecord record, TwinPlan plan)
    {
        var hasWinner = record.Winner != Decider.NoWinner;
        var numbers = new Dictionary<string, double?>(StringComparer.Ordinal);
        for (var i = 0; i < plan.Vector.NumberNames.Length; i++)
        {
            numbers[plan.Vector.NumberNames[i]] = Finite(record.Inputs.Numbers.Span[i]);
        }
        return new DecisionForm(
            record.Id, record.Customer, plan.Decisions.TriggerName(record.Inputs.Trigger), record.Inputs.Now,
            plan.Hash.ToString("x16"),
            hasWinner ? OfferForm.Of(plan, record.Candidates[record.Winner].Offer) : null,
            hasWinner ? null : record.Outcome, record.Inputs.Holdout, record.AssignmentProbability,
            [.. record.Candidates.Select(candidate => CandidateOf(candidate, plan))], numbers)
        {
            Persona = record.Persona,
        };
    }

    private static CandidateForm CandidateOf(Candidate candidate, TwinPlan plan)
    {
        var offer = plan.Decisions.Offers[candidate.Offer];
        return new CandidateForm(
            offer.Name, plan.Decisions.Channels[offer.Channel].Name, candidate.Rejection,
            Finite(candidate.Propensity),
            Finite(candidate.Context), Finite(candidate.Value), offer.Lever, Finite(candidate.Rank));
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}

/// <summary>A next best action as subscribers get it.</summary>
internal sealed record NextBestActionForm(
    string Id, string Customer, string Offer, string Channel, JsonElement? Content, string Trigger,
    Instant Time)
{
    /// <summary>The customer's persona it is for; null for the customer as such.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Persona { get; init; }

    /// <summary>A record with a winner, under the plan it was made with.</summary>
    public static NextBestActionForm Of(DecisionRecord record, TwinPlan plan)
    {
        var offer = OfferForm.Of(plan, record.Candidates[record.Winner].Offer);
        return new NextBestActionForm(
            record.Id, record.Customer, offer.Offer, offer.Channel, offer.Content,
            plan.Decisions.TriggerName(record.Inputs.Trigger), record.Inputs.Now)
        {
            Persona = record.Persona,
        };
    }
}
